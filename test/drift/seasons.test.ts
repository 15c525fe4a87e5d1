import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { learnContract } from '@sensor-warehouse/intake/learn-contract';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/command-line';

const UPLOADS = join(root, 'examples', 'sm2', 'Vzduchotechnika', 'Latest', 'Upload');
const NOW = Date.UTC(2027, 0, 1);
const ROWS_OF_A_WEEK = 7 * 24;

let folder: string;
let ventilation: Datasource;
/** Each real export as its header and its rows, hour by hour. */
let years: { readonly name: string; readonly header: string; readonly rows: readonly string[] }[];
const room = newRoom();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seasons-'));
  const { datasources } = await loadConfiguration(join(root, 'seeds'));
  ventilation = datasources.find(({ id }) => id === 'ventilation')!;
  years = [];
  for (const name of await readdir(UPLOADS)) {
    const [header, ...rows] = (await readFile(join(UPLOADS, name), 'utf8')).split('\r\n');
    years.push({ name, header: header!, rows: rows.filter((row) => row !== '') });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function exportOf(header: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, 'export.csv');
  await writeFile(path, [header, ...rows, ''].join('\r\n'));
  return path;
}

/** Codes of warnings and errors about an export of some rows. */
async function doubts(name: string, header: string, rows: readonly string[], source: Datasource): Promise<string[]> {
  const path = await exportOf(header, rows);
  const report = await readExport({ path, name, ordinal: 1 }, source, join(folder, 'landing'), NOW, room);
  return report.findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
}

function weeksOf(rows: readonly string[]): (readonly string[])[] {
  const weeks = Math.ceil(rows.length / ROWS_OF_A_WEEK);
  return Array.from({ length: weeks }, (_, i) => rows.slice(i * ROWS_OF_A_WEEK, (i + 1) * ROWS_OF_A_WEEK));
}

describe('no season looks like a change', () => {
  test('of any week of the real exports, to the memory of the whole year', async () => {
    for (const { name, header, rows } of years)
      for (const week of weeksOf(rows)) expect(await doubts(name, header, week, ventilation), week[0]).toEqual([]);
  });

  test.each([
    ['two days', 2],
    ['a month', 30],
  ])('of any eighth week, to a memory of %s in winter or summer', async (_, days) => {
    for (const { name, header, rows } of years) {
      for (const start of [0, Math.floor(rows.length / 2)]) {
        const path = await exportOf(header, rows.slice(start, start + days * 24));
        const contract = { ...ventilation.contract, profiles: new Map(), days: new Map() };
        const learned = await learnContract([{ path, name, ordinal: 1 }], { ...ventilation, contract }, room);
        const source = { ...ventilation, contract: learned };
        for (const week of weeksOf(rows).filter((_, i) => i % 8 === 0))
          expect(await doubts(name, header, week, source), week[0]).toEqual([]);
      }
    }
  });
});
