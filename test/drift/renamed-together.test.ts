import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { root, warehouse } from '../support/command-line';
import { EXTRACT, INTAKE, mapCells, mapNumbers, OUTDOOR, ROOM, SUPPLY, UNIT_1 } from './mutations';

const run = promisify(execFile);
const folders: string[] = [];
let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'renamed-'));
  folders.push(project);
  await cp(join(root, 'seeds'), join(project, 'seeds'), { recursive: true });
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Some days of an example export, changed. */
async function exportOf(file: string, change: (text: string) => string): Promise<string> {
  const above = file === ROOM ? 2 : 1;
  const lines = (await readFile(join(root, 'examples', 'sm2', file), 'utf8')).split(/\r?\n/);
  return change(`${lines.slice(0, above + 240).join('\n')}\n`);
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true });
  await writeFile(join(project, path), text);
}

const validate = (args: readonly string[], cwd = project) => warehouse(['validate', ...args], { cwd });

/** The commands that a report prints, in its order. */
const commandsOf = (stdout: string) =>
  [...stdout.matchAll(/to accept: (warehouse accept .*?) \((?:seeds\/|contract: )/g)].map(([, command]) => command!);

/** Runs a command whose words a shell has read, as a person's would; the exit code is 2 as long as something is left. */
async function paste(command: string, cwd = project): Promise<void> {
  const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${command}`]);
  const [program, ...args] = stdout.split('\0').slice(0, -1);
  expect(program).toBe('warehouse');
  const { code, stderr } = await warehouse(args, { cwd });
  expect([0, 2], stderr).toContain(code);
}

/** The same with the program that PATH gives. */
async function pasteIntoShell(command: string): Promise<void> {
  const PATH = [join(root, 'bin'), process.env.PATH].join(delimiter);
  await run('sh', ['-c', `${command}; code=$?; [ $code -eq 0 ] || [ $code -eq 2 ]`], {
    cwd: project,
    env: { ...process.env, PATH },
  });
}

const isoMinutes = (text: string) => text.replace(/^(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d):\d\d/gm, '$3-$2-$1 $4');
const header = (labels: readonly string[]) => (text: string) => text.replace(/^.*/, labels.join(';'));
const both = (text: string) => text.replace('Date', 'timestamp').replace(OUTDOOR, 'temperature_celsius');
const translated = header([
  'timestamp',
  'outdoor_temperature_celsius',
  'vzt01_intake_temp_c',
  'vzt01_extract_temp_c',
  'vzt01_supply_temp_c',
  'vzt01_exhaust_temp_c',
  '',
]);

describe('columns that are renamed together are read after the printed commands', () => {
  test.each<readonly [string, string, (text: string) => string]>([
    ['the time and one column of values', UNIT_1, both],
    ['the time and two columns', UNIT_1, (text) => both(text).replace(INTAKE, 'vzt01 intake temp °C')],
    ['a column of values alone', UNIT_1, (text) => text.replace(OUTDOOR, 'temperature_celsius')],
    ['all columns', UNIT_1, translated],
    ['all columns, and times in another form', UNIT_1, (text) => isoMinutes(translated(text))],
    ['all columns, and decimal points', UNIT_1, (text) => translated(text.replace(/(\d),(\d)/g, '$1.$2'))],
    [
      'all columns, delimiter and decimal mark',
      UNIT_1,
      (text) => translated(text).replaceAll(',', '.').replaceAll(';', ','),
    ],
    ['two columns and the decimal mark', UNIT_1, (text) => both(text.replace(/(\d),(\d)/g, '$1.$2'))],
    [
      'times that become instants',
      UNIT_1,
      (text) => both(isoMinutes(text)).replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/gm, '$1T$2:00+01:00'),
    ],
    [
      'quantities of a room',
      ROOM,
      (text) => text.replace('Temperature_Celsius', 'Temp(°C)').replace('Relative_Humidity(%)', 'Humidity'),
    ],
    [
      'quantities of a room, by other units',
      ROOM,
      (text) => text.replace('Temperature_Celsius', 'Teplota degC').replace('Relative_Humidity(%)', 'RH percent'),
    ],
    [
      'all columns of a room',
      ROOM,
      (text) =>
        text.replace('Date,Time,Temperature_Celsius,Relative_Humidity(%)', 'Datum,Uhrzeit,Temperatur,Luftfeuchte_pct'),
    ],
  ])('%s', async (_, file, change) => {
    const path = file.slice(file.lastIndexOf('/') + 1);
    await put(path, await exportOf(file, change));
    const first = await validate([path]);
    const commands = commandsOf(first.stdout);
    expect(first.stdout).not.toContain('ignored_columns.csv: +');
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) await paste(command);
    const { code, stdout } = await validate([path]);
    expect(stdout, first.stdout).toMatch(/^accepted .* lines 240 = landed 240 \+ quarantined 0\n/);
    expect(code).toBe(0);
  });

  test('and so are all of them after one command', async () => {
    await put('Graph_sm2_01.csv', isoMinutes(both(await exportOf(UNIT_1, (text) => text))));
    const { stdout } = await validate(['Graph_sm2_01.csv']);
    const command = / to accept all of it: (.*)\n/.exec(stdout)![1]!;
    expect(command).toBe(
      'warehouse accept ventilation renamed-label:timestamp renamed-label:temperature_celsius dateformat-changed Graph_sm2_01.csv',
    );
    await pasteIntoShell(command);
    expect((await validate(['Graph_sm2_01.csv'])).code).toBe(0);
  });

  test.each([
    ['uploads/Graph_sm2_01.csv', 'uploads/Graph_sm2_01.csv'],
    ["the person's files/Graph (1) $HOME.csv", `'the person'\\''s files/Graph (1) $HOME.csv'`],
    ['./Graph_"x";`y`.csv', `'./Graph_"x";\`y\`.csv'`],
  ])('with the path as it was given: %s', async (path, word) => {
    await put(path, await exportOf(UNIT_1, both));
    const { stdout } = await validate([path]);
    const commands = commandsOf(stdout);
    expect(commands).toEqual([
      `warehouse accept ventilation renamed-label:timestamp ${word}`,
      `warehouse accept ventilation renamed-label:temperature_celsius ${word}`,
    ]);
    for (const command of commands) await paste(command);
    expect((await validate([path])).code).toBe(0);
  });

  test('with the project that was given', async () => {
    await put('in/Graph_sm2_01.csv', await exportOf(UNIT_1, both));
    const args = ['Graph_sm2_01.csv', '--project', '..'];
    const commands = commandsOf((await validate(args, join(project, 'in'))).stdout);
    expect(commands[0]).toBe('warehouse accept ventilation renamed-label:timestamp Graph_sm2_01.csv --project ..');
    for (const command of commands) await paste(command, join(project, 'in'));
    expect((await validate(args, join(project, 'in'))).code).toBe(0);
  });

  test('but what a terminal would obey is in no command', async () => {
    await put('Graph_\u001b[31m.csv', await exportOf(UNIT_1, both));
    const { stdout } = await validate(['Graph_\u001b[31m.csv']);
    expect(stdout).not.toContain('\u001b');
    expect(commandsOf(stdout)[0]).toBe('warehouse accept ventilation renamed-label:timestamp FILE');
  });

  test('of a source whose row is short, and whose time is its first required column', async () => {
    const seed = join(project, 'seeds', 'datasources_config.csv');
    const row = 'station,Station,csv,sm2drive:Station,station_*,time;T out (°C);RH (%)';
    await writeFile(seed, `${await readFile(seed, 'utf8')}${row}\n`);
    const rows = Array.from({ length: 24 }, (_, i) => `${i + 1}.5.2026 13:00,${10 + i / 10},${40 + i}`);
    await put('station_1.csv', ['Zeitpunkt,Außentemperatur,Feuchte %', ...rows, ''].join('\n'));
    for (const command of commandsOf((await validate(['station_1.csv'])).stdout)) await paste(command);
    expect((await validate(['station_1.csv'])).stdout).toMatch(/^accepted/);
  });
});

describe('what is not certain is asked', () => {
  test('two columns of one quantity whose names show nothing: both are named with their evidence', async () => {
    await put(
      'Graph_sm2_01.csv',
      await exportOf(UNIT_1, (text) => text.replace(OUTDOOR, 'temperature_1').replace(INTAKE, 'temperature_2')),
    );
    const { stdout } = await validate(['Graph_sm2_01.csv']);
    const lines = stdout.split('\n').filter((line) => line.includes('incorrect-label'));
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toContain(`"${OUTDOOR}": the names are`);
      expect(line).toContain(`"${INTAKE}": the names are`);
    }
    expect(stdout).not.toContain('to accept');
  });

  test('a missing column, and a new one with other numbers', async () => {
    const room = (cells: string[], row: number) => cells.with(1, row === 0 ? 'Kotel (°C)' : '71,5');
    await put(
      'Graph_sm2_01.csv',
      await exportOf(UNIT_1, (text) =>
        mapCells(text, ';', 0, (cells, row) => (cells.length > 1 ? room(cells, row) : cells)),
      ),
    );
    const { stdout } = await validate(['Graph_sm2_01.csv']);
    expect(stdout).not.toContain('renamed-label');
    expect(stdout).not.toContain('stands for');
  });

  test('a missing column, and one in its place whose name says that it is elsewhere', async () => {
    await put(
      'Graph_sm2_01.csv',
      await exportOf(UNIT_1, (text) => text.replace(OUTDOOR, 'KOT1/Teplota místnosti (°C)')),
    );
    expect((await validate(['Graph_sm2_01.csv'])).stdout).not.toContain('stands for');
  });

  test('two columns of times', async () => {
    const twice = (text: string) =>
      mapCells(both(text), ';', 0, (cells, row) =>
        cells.length > 1 ? [row === 0 ? 'timestamp_utc' : cells[0]!, ...cells] : cells,
      );
    await put('Graph_sm2_01.csv', await exportOf(UNIT_1, twice));
    const { stdout } = await validate(['Graph_sm2_01.csv']);
    expect(stdout).not.toContain('stands for "Date"');
    expect(stdout).not.toContain('ignored_columns.csv: +');
  });

  test.each([
    ['in the name', 'Temp (°F)'],
    ['in the numbers alone', 'Temp'],
  ])('a new name with another unit %s', async (_, name) => {
    const fahrenheit = (text: string) =>
      mapNumbers(text, ROOM, [2], (value) => value * 1.8 + 32).replace('Temperature_Celsius', name);
    await put('ThermoProSensor_export_493D_20241103.csv', await exportOf(ROOM, fahrenheit));
    const { stdout } = await validate(['ThermoProSensor_export_493D_20241103.csv']);
    expect(stdout).toContain('error unit-changed');
    expect(stdout).not.toContain('to accept');
  });

  test('the same temperatures under one name for two columns that are gone', async () => {
    await put(
      'Graph_sm2_01.csv',
      await exportOf(UNIT_1, (text) =>
        mapCells(text.replace(EXTRACT, 'air temperature'), ';', 0, (cells) =>
          cells.length > 1 ? cells.toSpliced(4, 1) : cells,
        ),
      ),
    );
    const { stdout } = await validate(['Graph_sm2_01.csv']);
    expect(stdout).toContain(`one of "${EXTRACT}", "${SUPPLY}"`);
    expect(stdout).not.toContain('to accept');
  });
});
