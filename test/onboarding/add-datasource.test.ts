import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW } from '../support/building';
import { warehouse } from '../support/command-line';
import { projectWith } from '../support/project';
import { fileTree } from '../support/published';

/** A boiler of our own making: Windows-1250, decimal commas, a title above the header, a column that nobody wants. */
function boiler(hours: number): Buffer {
  const rows = Array.from({ length: hours * 6 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 9, 25) + i * 600_000).toISOString();
    const supply = (55 + (i % 40) / 10).toFixed(1).replace('.', ',');
    const back = i % 97 === 5 ? '---' : (41 + (i % 17) / 10).toFixed(1).replace('.', ',');
    return `${at.slice(8, 10)}.${at.slice(5, 7)}.${at.slice(0, 4)} ${at.slice(11, 16)};${supply};${back};v chodu`;
  });
  const text = ['Kotelna A', 'Datum a čas;Výstup (°C);Zpátečka (°C);Stav', ...rows, ''].join('\r\n');
  const letters = new Map(
    Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1250').decode(Uint8Array.of(byte)), byte]),
  );
  return Buffer.from([...text].map((letter) => letters.get(letter)!));
}

const OPTIONS = ['--location', 'sm2drive:Boiler/Upload', '--timezone', 'Europe/Prague', '--encoding', 'windows-1250'];

let folder: string;
let project: string;
let before: Record<string, string>;
const sample = (name: string) => join(folder, name);
const add = (words: readonly string[]) => warehouse(['add-datasource', '--project', project, '--now', NOW, ...words]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'));
  project = await projectWith(join(folder, 'project'), {});
  before = await fileTree(project);
  await writeFile(sample('boiler_2024-10.csv'), boiler(96));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('warehouse add-datasource', () => {
  test('without a person to ask lists everything that is missing at once, with what it proposes', async () => {
    const { code, stderr } = await add([sample('boiler_2024-10.csv')]);
    expect(code).toBe(3);
    const [, list = ''] = stderr.split('options are missing:\n');
    expect(list.match(/--[a-z-]+/g)).toEqual(
      [
        'location',
        'timezone',
        'encoding',
        'id',
        'name',
        'pattern',
        'column',
        'column',
        'ignore',
        'data-key',
        'data-key',
      ]
        .concat('public-name', 'help')
        .map((flag) => `--${flag}`),
    );
    expect(list).toContain('windows-1250  windows-1252');
    expect(list).toContain("--column 'Výstup (°C)=vystup@boiler'");
    expect(await fileTree(project)).toEqual(before);
  });

  test('with --yes still asks for what nothing suggests', async () => {
    const { code, stderr } = await add([sample('boiler_2024-10.csv'), '--yes', '--encoding', 'windows-1250']);
    expect(code).toBe(3);
    expect(stderr.split('options are missing:\n')[1]!.match(/--[a-z-]+/g)).toEqual([
      '--location',
      '--timezone',
      '--help',
    ]);
  });

  test('names all wrong options at once', async () => {
    const { stderr } = await add([
      ...[
        sample('boiler_2024-10.csv'),
        ...OPTIONS,
        '--timezone',
        'Prague',
        '--id',
        'indoor',
        '--column',
        'Nic=temp_indoor@x',
      ],
      ...[
        '--pattern',
        'kotel*',
        '--column',
        'Stav=temp_indoor@boiler',
        '--column',
        'Výstup (°C)=humidity_indoor@boiler',
      ],
    ]);
    for (const wrong of [
      '--id "indoor" is taken',
      '--timezone "Prague" is not an IANA time zone',
      '--pattern "kotel*" does not fit "boiler_2024-10.csv"',
      'there is no "Nic", only "Výstup (°C)", "Zpátečka (°C)", "Stav"',
      'its cells are not numbers but texts such as "v chodu"',
      'it is in °C, and humidity_indoor in %; nothing is converted automatically',
    ])
      expect(stderr).toContain(wrong);
  });

  test('asks whether a last row without its line end is whole', async () => {
    const cut = boiler(2);
    await writeFile(sample('open_1.csv'), cut.subarray(0, cut.length - 2));
    const { code, stderr } = await add([sample('open_1.csv'), ...OPTIONS, '--yes']);
    expect(code).toBe(3);
    expect(stderr).toContain('--final-line-end  whether a last row without a line end is whole');
    const taken = await add([
      sample('open_1.csv'),
      ...OPTIONS,
      '--yes',
      '--final-line-end',
      'optional',
      '--dry-run',
      '--json',
    ]);
    expect(JSON.parse(taken.stdout).plan.row.final_line_end).toBe('optional');
  });

  test('leaves the project as it was when a sample would be refused', async () => {
    const text = boiler(8).toString('latin1').replace('25.10.2024 00:30', '25.10.2024 0?:30');
    await writeFile(sample('cut_1.csv'), Buffer.from(text, 'latin1'));
    const { code, stderr } = await add([sample('cut_1.csv'), ...OPTIONS, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('code=sample-refused');
    expect(stderr).toContain('[cut] cut_1.csv');
    expect(await fileTree(project)).toEqual(before);
  });
});
