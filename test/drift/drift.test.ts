import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { contractPath } from '@sensor-warehouse/model/seeds/contract';
import { acceptFindings } from '@sensor-warehouse/warehouse/onboarding/accept';
import { rememberExports } from '@sensor-warehouse/warehouse/onboarding/learn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locales, numbers, wholes } from './forms';
import { type Mutation, ROOM, UNIT_1 } from './mutations';
import { noRenames, renames } from './renames';

const NOW = Date.UTC(2024, 10, 29, 12);
const EXAMPLES = 'examples/sm2';
const room = newRoom();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drift-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sourceOf(file: string, seeds: string): Promise<Datasource> {
  const { datasources } = await loadConfiguration(seeds);
  return datasources.find(({ location }) => location.endsWith(file.slice(0, file.lastIndexOf('/'))))!;
}

/** The mutated export as it would be uploaded. */
async function write({ file, mutate }: Mutation): Promise<{ path: string; name: string }> {
  const name = basename(file);
  const path = join(await mkdtemp(join(folder, 'upload-')), name);
  const changed = mutate(await readFile(join(EXAMPLES, file), 'utf8'));
  await writeFile(path, changed);
  return { path, name };
}

const codes = (findings: readonly Finding[], isError: boolean) =>
  findings
    .filter(({ severity, code }) => (severity === 'error') === isError && code !== 'ignored-column')
    .map(({ code }) => code);

/** What the findings propose: label of the file → label that it is taken for. */
function proposals(findings: readonly Finding[]): Record<string, string> {
  const edits = findings.flatMap(({ accept }) => accept?.edits ?? []);
  return Object.fromEntries(edits.flatMap((edit) => (edit.kind === 'alias' ? [[edit.label, edit.standsFor]] : [])));
}

describe.each([
  ['a name', renames],
  ['no name', noRenames],
  ['a form', locales],
  ['numbers', numbers],
  ['a whole file', wholes],
])('what changes is %s', (_, mutations) => {
  test.each(mutations.map((one) => [one.sentence, one] as const))('%s', async (_sentence, mutation) => {
    const file = await write(mutation);
    const source = await sourceOf(mutation.file, 'seeds');
    const report = await readExport({ ...file, ordinal: 1 }, source, `${file.path}.landing`, NOW, room);
    const said = report.findings.map(findingLine).join('\n');
    expect(codes(report.findings, true), said).toEqual(mutation.errors);
    expect(codes(report.findings, false), said).toEqual(mutation.remarks ?? []);
    expect(report.verdict).toBe(mutation.errors.length > 0 ? 'refused' : 'accepted');
    expect(proposals(report.findings), said).toEqual(mutation.renamed ?? {});
    const { counts } = report;
    expect(counts.landed + counts.quarantined).toBe(counts.lines);
    if (mutation.acceptable) await expectAcceptable(file, mutation, report.findings);
  });
});

/** Accepts one finding after the other, in a copy of the seeds, until nothing is left to accept. */
async function expectAcceptable(
  file: { path: string; name: string },
  mutation: Mutation,
  findings: readonly Finding[],
): Promise<void> {
  const seeds = await mkdtemp(join(folder, 'seeds-'));
  await cp('seeds', seeds, { recursive: true });
  let open = findings.filter(({ accept }) => accept !== undefined);
  for (let i = 0; open.length > 0; i++) {
    expect(i, open.map(findingLine).join('\n')).toBeLessThan(8);
    const source = await sourceOf(mutation.file, seeds);
    const { report, changes } = await acceptFindings(seeds, file, source, [open[0]!.accept!.id], {
      now: NOW,
      dryRun: false,
    });
    expect(changes.length).toBeGreaterThan(0);
    open = report.findings.filter(({ accept }) => accept !== undefined);
    if (open.length === 0) expect(report.verdict, report.findings.map(findingLine).join('\n')).toBe('accepted');
  }
}

test('there are at least sixty changes, each with a sentence of its own', () => {
  const all = [renames, noRenames, locales, numbers, wholes].flat().map(({ sentence }) => sentence);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(60);
});

test.each([
  ['ventilation', UNIT_1],
  ['indoor', ROOM],
])('the contract of %s is the one that the command makes of the example exports', async (id, file) => {
  const seeds = await mkdtemp(join(folder, 'seeds-'));
  await cp('seeds', seeds, { recursive: true });
  await rm(join(seeds, contractPath(id)));
  const source = await sourceOf(file, seeds);
  const uploads = join(EXAMPLES, file.slice(0, file.lastIndexOf('/')));
  const files = (await readdir(uploads)).sort().map((name) => ({ path: join(uploads, name), name }));
  const { after } = await rememberExports(seeds, files, source, NOW, true);
  expect(after).toBe(await readFile(join('seeds', contractPath(id)), 'utf8'));
});
