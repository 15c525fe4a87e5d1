import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inertLine } from '@sensor-warehouse/model/seeds/inert-line';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kept, keptWarehouse } from '../support/kept';

/** Names that a terminal or a runner would obey. */
const HOSTILE = [
  'a\n::error::gotcha',
  '\r::set-output name=x::y',
  '::warning::gotcha',
  'b\n##[error]gotcha',
  'c\u001b[31mred',
  'd\u009b31mred',
  'e\u202egnp',
  'f\u2028::error::gotcha',
  'g\u{e0001}tag',
];
const COMMANDS: readonly (readonly [command: string, ...options: string[]])[] = [
  ['status'],
  ['sweep'],
  ['verify'],
  ['heal', '--dry-run'],
  ['migrate', '--dry-run'],
  ['backfill', '--from', '2024-10', '--to', '2024-11', '--dry-run'],
];

describe('names of a warehouse that somebody else may write', () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await keptWarehouse('example');
    const folders = (await readdir(kept.warehouse, { withFileTypes: true })).filter((one) => one.isDirectory());
    for (const { name } of folders) {
      for (const hostile of HOSTILE) {
        const folder = join(kept.warehouse, name, hostile);
        await mkdir(folder);
        for (const file of [join(folder, hostile), join(kept.warehouse, name, `${hostile}.json`)]) {
          await writeFile(file, '{}');
          await utimes(file, new Date('2024-11-05'), new Date('2024-11-05'));
        }
      }
    }
  });
  afterAll(() => kept.remove());

  it.each(COMMANDS)('are shown by %s, and never interpreted', async (command, ...options) => {
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = await kept.run(command, [...options, ...json]);
      const lines = `${stdout}${stderr}`.split('\n');
      expect(lines.filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      expect(lines.length).toBeGreaterThan(1);
    }
  });

  it.each(HOSTILE)('are the same in JSON, for programs: %j', (name) => {
    expect(JSON.parse(inertLine(JSON.stringify(name)))).toBe(name);
  });
});
