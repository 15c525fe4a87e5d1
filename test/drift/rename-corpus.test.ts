import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import type { SeedEdit } from '@sensor-warehouse/model/findings/finding';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { NO_CONTRACT, withEdit } from '@sensor-warehouse/model/seeds/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/command-line';
import { ROOM, reorder, UNIT_1, UNIT_4 } from './mutations';
import { NAMING_STYLES, type NamingStyle } from './naming-styles';

const NOW = Date.UTC(2027, 0, 1);
const EXAMPLES = join(root, 'examples', 'sm2');
const UNIT_7 = UNIT_1.replace('_01', '_07');

let folder: string;
let sources: readonly Datasource[];
const room = newRoom();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renames-'));
  sources = (await loadConfiguration(join(root, 'seeds'))).datasources;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What became of the renamed columns of many files. */
interface Tally {
  right: number;
  asked: number;
  wrong: string[];
  lost: string[];
  files: number;
  read: number;
}

/** Numbers from 0 to below `most`, the same ones for the same seed. */
function random(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

interface Renamed {
  readonly text: string;
  /** New label → the one that it had. */
  readonly truth: ReadonlyMap<string, string>;
}

/** Some columns of an export under names of a style, perhaps in another order. */
function rename(text: string, file: string, style: NamingStyle, next: (most: number) => number): Renamed {
  const isRoom = file === ROOM;
  const above = isRoom ? 2 : 1;
  const delimiter = isRoom ? ',' : ';';
  const lines = text.split(/\r?\n/);
  const labels = lines[above - 1]!.split(delimiter).map((label) => label.replace('\ufeff', ''));
  const named = labels.filter((label) => label !== '');
  const count = 1 + next(named.length);
  const chosen = new Set(shuffled(named, next).slice(0, count));
  const truth = new Map<string, string>();
  const renamed = labels.map((label, i) => {
    if (!chosen.has(label)) return label;
    const name = style.name(label, i);
    if (name !== label) truth.set(name, label);
    return name;
  });
  const changed = [...lines.slice(0, above - 1), renamed.join(delimiter), ...lines.slice(above)].join('\n');
  const order =
    next(3) === 0
      ? shuffled(
          named.map((_, i) => i),
          next,
        )
      : named.map((_, i) => i);
  return { text: reorder(changed, delimiter, above, order), truth };
}

function shuffled<T>(all: readonly T[], next: (most: number) => number): T[] {
  const left = [...all];
  return all.map(() => left.splice(next(left.length), 1)[0]!);
}

/** Rows of some weeks, or of all the time. */
function part(text: string, above: number, next: (most: number) => number): string {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const rows = lines.slice(above);
  const length = [rows.length, 30 * 24, 7 * 24, 24][next(4)]!;
  const from = next(Math.max(1, rows.length - length));
  return [...lines.slice(0, above), ...rows.slice(from, from + length), ''].join('\n');
}

async function read(text: string, file: string, source: Datasource): Promise<ExportReport & { landing: string }> {
  const path = join(folder, basename(file));
  await writeFile(path, text);
  const landing = await mkdtemp(join(folder, 'landing-'));
  const report = await readExport({ path, name: basename(file), ordinal: 1 }, source, join(landing, 'rows'), NOW, room);
  const hash = createHash('sha256');
  for (const name of (await readdir(landing)).sort()) hash.update(await readFile(join(landing, name)));
  await rm(landing, { recursive: true });
  return { ...report, landing: hash.digest('hex') };
}

function accepted(source: Datasource, edits: readonly SeedEdit[]): Datasource {
  let { contract } = source;
  for (const edit of edits) if (edit.kind !== 'set' && edit.kind !== 'add') contract = withEdit(contract, edit);
  return { ...source, contract };
}

async function tallyOf(file: string, style: NamingStyle, hasMemory: boolean, seeds: readonly number[]): Promise<Tally> {
  const tally: Tally = { right: 0, asked: 0, wrong: [], lost: [], files: 0, read: 0 };
  const found = sources.find(({ location }) => location.endsWith(file.slice(0, file.lastIndexOf('/'))))!;
  const source = hasMemory ? found : { ...found, contract: NO_CONTRACT };
  const whole = await readFile(join(EXAMPLES, file), 'utf8');
  for (const seed of seeds) {
    const next = random(seed * 7919 + 17);
    const original = part(whole, file === ROOM ? 2 : 1, next);
    const { text, truth } = rename(original, file, style, next);
    if (truth.size === 0) continue;
    const before = await read(original, file, source);
    if (before.verdict !== 'accepted') continue;
    const after = await read(text, file, source);
    const edits = after.findings.flatMap(({ accept }) => accept?.edits ?? []);
    const told = `${file} seed ${seed}: ${[...truth].map((pair) => pair.join(' was ')).join(', ')}`;
    for (const edit of edits) {
      if (edit.kind === 'alias' && truth.get(edit.label) !== edit.standsFor)
        tally.wrong.push(`${told}: ${edit.label} for ${edit.standsFor}`);
      if (edit.kind === 'add' || edit.kind === 'header') tally.lost.push(`${told}: ${JSON.stringify(edit)}`);
    }
    const proposed = edits.filter((edit) => edit.kind === 'alias').length;
    tally.files++;
    tally.right += proposed;
    tally.asked += truth.size - proposed;
    expect(after.verdict, told).toBe('refused');
    if (proposed < truth.size) continue;
    const again = await read(text, file, accepted(source, edits));
    expect(again.verdict, `${told}\n${again.findings.map(({ message }) => message).join('\n')}`).toBe('accepted');
    expect(again.counts, told).toEqual(before.counts);
    expect(again.landing, told).toBe(before.landing);
    tally.read++;
  }
  return tally;
}

const SEEDS = Array.from({ length: Number(process.env.RENAMES ?? 3) }, (_, i) => i + 1);

describe.each(NAMING_STYLES.map((style) => [style.sentence, style] as const))('columns renamed %s', (_, style) => {
  test.each([
    ['with the memory of a contract', true],
    ['without', false],
  ])('are recognised or asked about, never mistaken or lost, %s', async (_memory, hasMemory) => {
    const all: Tally[] = [];
    for (const file of [UNIT_1, UNIT_4, UNIT_7, ROOM]) all.push(await tallyOf(file, style, hasMemory, SEEDS));
    const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0);
    if (process.env.RENAMES !== undefined)
      console.log(
        `${style.sentence}, ${hasMemory ? 'memory' : 'no memory'}: files ${sum((one) => one.files)}, right ${sum((one) => one.right)}, asked ${sum((one) => one.asked)}, wrong ${sum((one) => one.wrong.length)}, lost ${sum((one) => one.lost.length)}, read ${sum((one) => one.read)}`,
      );
    if (process.env.RENAMES !== undefined)
      for (const { wrong, lost } of all) for (const one of [...wrong, ...lost]) console.log(`BAD ${one}`);
    expect(all.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(all.flatMap(({ lost }) => lost)).toEqual([]);
    expect(sum(({ files }) => files)).toBeGreaterThan(0);
  });
});
