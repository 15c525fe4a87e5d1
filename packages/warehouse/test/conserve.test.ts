import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { describe, expect, test } from 'vitest';
import type { FactSeries } from '../src/layout/facts-manifest';
import { conserve } from '../src/transform/conserve';
import type { FactCounts } from '../src/transform/export-facts';
import { rejectedByUpload, rejectedFindings } from '../src/transform/rejected';
import type { Validated } from '../src/validate-schema/validated';

const CONFIGURATION = { datasources: [{ id: 'weather', name: 'OpenWeather' }] } as unknown as Configuration;

/** Uploads of the weather with as many readings. */
function validated(...readings: number[]): Validated {
  const files = readings.map((count, at) => ({
    datasource: 'weather',
    name: `${at + 1}.csv`,
    verdict: 'accepted',
    counts: { readings: count },
  }));
  return { files } as unknown as Validated;
}

const series = (facts: number, datasource = 'weather', source = 'OpenWeather') =>
  ({ datasource, source, dataKey: 'temperature', facts }) as FactSeries;

/** Two columns with four cells each, in two uploads. */
const COUNTS: FactCounts = {
  rows: 0,
  series: [],
  rejected: [],
  nothings: 0,
  floats: [],
  columns: {
    weather: ['temp', 'humidity'].flatMap((label) => [
      [label, '1.csv', 3],
      [label, '2.csv', 1],
    ]) as [string, string, number][],
  },
};

const conserved = (facts: readonly FactSeries[], unread: Record<string, string[]>, counts: Partial<FactCounts> = {}) =>
  conserve(CONFIGURATION, validated(6, 2), facts, { ...COUNTS, ...counts }, new Map(Object.entries(unread))).rejected;

describe('readings of a source with models of its own', () => {
  test('are facts, or cells of a column that nothing unites, by upload', () => {
    const rejected = conserved([series(4)], { weather: ['humidity'] });
    expect(rejected.map(({ file, reason, readings, found }) => [file, reason, readings, found])).toEqual([
      ['1.csv', 'column-not-united', 3, 'humidity'],
      ['2.csv', 'column-not-united', 1, 'humidity'],
    ]);
    expect(conserved([series(8)], {})).toEqual([]);
  });

  test('that do not add up are reported by column and quantity', () => {
    expect(() => conserved([series(4)], {})).toThrow(
      'transform: the models of a source lose or invent readings: weather: readings landed 8 = facts 4 + rejected 0 at stg_weather, fct_sensor_readings; found facts "temperature" 4, expected one fact for each cell with a value: "humidity" 4, "temp" 4',
    );
  });

  test('are not balanced by a column given twice in place of one not given', () => {
    expect(() => conserved([series(8)], { weather: ['humidity'] })).toThrow(
      /landed 8 = facts 8 \+ rejected 4.*code=readings-unaccounted/,
    );
  });

  test('must name a source that is configured', () => {
    const unnamed = [null, null, 'data-key-not-declared', 2, 'temp'] as const;
    expect(() =>
      conserved([series(4), series(3, null as unknown as string, 'Weather service')], {}, { rejected: [unnamed] }),
    ).toThrow(
      /found "Weather service" \(3 readings\), "temp" \(2 readings\), expected a source or a datasource_id of "OpenWeather" \(weather\).*code=source-unknown/,
    );
  });

  test('that are rejected without naming their upload may belong to any: none counts as handed over whole', () => {
    const rejected = conserved([series(5)], {}, { rejected: [['weather', null, 'data-key-not-declared', 3, 'temp']] });
    expect(rejectedByUpload(rejected, validated(6, 2))).toEqual([
      { datasource: 'weather', file: '1.csv', readings: 3 },
      { datasource: 'weather', file: '2.csv', readings: 2 },
    ]);
    expect(rejectedFindings(rejected)).toMatchObject([
      {
        code: 'data-key-not-declared',
        count: 3,
        found: '"temp"',
        fix: 'add the line temp,nonadditive,<unit>,<quantity>,,, to seeds/data_keys.csv, with additive for amounts that add up, such as rain or energy',
      },
    ]);
  });
});
