import { fileURLToPath } from 'node:url';
import { ADD_DATASOURCE } from '@sensor-warehouse/cli/commands/add-datasource';
import { lookAtAll } from '@sensor-warehouse/cli/options/read-samples';
import { type Settle, settleByProposals } from '@sensor-warehouse/cli/options/settle-source';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { Given } from '@sensor-warehouse/warehouse/onboarding/given';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import { beforeAll, describe, expect, test } from 'vitest';

const NOW = Date.UTC(2024, 10, 29);
const NAME = 'office.csv';
const BASE: Given = { location: ['d:Up'], timezone: ['UTC'] };
let configuration: Configuration;

beforeAll(async () => {
  configuration = await loadConfiguration(fileURLToPath(new URL('../../seeds', import.meta.url)));
});

/** What `add-datasource` would write, with `--yes` unless it is said. */
function add(text: string, given: Given, takes = true) {
  const settle: Settle = (said) => {
    const mistakes: string[] = [];
    const look = lookAtAll([{ name: NAME, bytes: Buffer.from(text) }], NOW, declaredForm(said, mistakes));
    const settled = settleSource(look, [NAME], said, configuration);
    return { look, ...settled, mistakes: [...mistakes, ...settled.mistakes] };
  };
  return settleByProposals({ ...BASE, ...given }, settle, takes, ADD_DATASOURCE).plan;
}

const table = (header: string, cells: (i: number) => string) =>
  `${[header, ...Array.from({ length: 9 }, (_, i) => cells(i))].join('\n')}\n`;
const time = (i: number) => `2024-10-01 0${i}:00`;

describe('a column whose quantity was given, but not its location', () => {
  const ROOMS = table('Time,Hall/Humidity (%),Humidity', (i) => `${time(i)},4${i}.5,5${i}.5`);

  test('is at the place that would be proposed', () => {
    const column = ['Hall/Humidity (%)=humidity_indoor', 'Humidity=humidity_indoor'];
    expect(add(ROOMS, { column }).columns.map(({ dataKey, location }) => `${dataKey}@${location}`)).toEqual([
      'humidity_indoor@office_hall',
      'humidity_indoor@office',
    ]);
  });

  test('is asked about without --yes, and answered by the printed option beside the first', () => {
    const said = ['Hall/Humidity (%)=humidity_indoor@hall', 'Humidity=humidity_indoor'];
    expect(() => add(ROOMS, { column: said }, false)).toThrow("--column 'Humidity=humidity_indoor@office'");
    const column = [...said, 'Humidity=humidity_indoor@office'];
    expect(add(ROOMS, { column }).columns.map(({ location }) => location)).toEqual(['hall', 'office']);
  });

  test('is asked about with --yes, too, where two columns would be one series', () => {
    const text = table('Time,Low,High', (i) => `${time(i)},4${i}.5,5${i}.5`);
    const column = ['Low=temp_indoor', 'High=temp_indoor'];
    expect(() => add(text, { column })).toThrow('(temp_indoor@office would be another column, too)');
  });

  test('is mapped once: another data_key for it is a mistake as before', () => {
    const column = ['Hall/Humidity (%)=humidity_indoor', 'Hall/Humidity (%)=temp_indoor@hall'];
    expect(() => add(ROOMS, { column })).toThrow(
      '--column is given twice, with different values, for "Hall/Humidity (%)"',
    );
  });

  test('has to hold numbers all the same', () => {
    const text = table('Time,Air,Note', (i) => `${time(i)},2${i}.5,open`);
    expect(() => add(text, { column: ['Air=temp_indoor', 'Note=temp_waste'] })).toThrow('its cells are not numbers');
  });
});

describe('a column that counts the rows', () => {
  const counted = (label: string, first: number) =>
    table(`${label},Time,Air`, (i) => `${first + i},${time(i)},2${i}.5`);
  const column = ['Air=temp_indoor@office'];

  test.each([0, 1])('from %i on and without a label is left out, with its reason', (first) => {
    expect(add(counted('', first), { column }).ignored).toEqual([{ column: '#1', reason: 'counts the rows' }]);
  });

  test.each(['Count', 'Level', '#'])('is asked about where it is labelled %s', (label) => {
    expect(() => add(counted(label, 0), { column })).toThrow(`--column '${label}='`);
  });

  test('is asked about where it begins elsewhere, because it may be anything', () => {
    expect(() => add(counted('', 18), { column })).toThrow("--column '#1='");
  });
});
