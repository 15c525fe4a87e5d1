import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { LegacyHours } from '@sensor-warehouse/warehouse/dataset/legacy-hours';
import { publishableHours } from '@sensor-warehouse/warehouse/publish-parquet/publishable-hours';
import { describe, expect, test } from 'vitest';
import { root } from '../support/command-line';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2024, 2, 10);
const KEY = { location: 'sm2_01', source: 'Atrea', measurement: 'nonadditive', dataKey: 'temp_fresh' } as const;

const hoursFrom = (first: number, count: number) => Float64Array.from({ length: count }, (_, at) => first + at * HOUR);

function imported(values: readonly number[]): LegacyHours {
  return {
    hour: hoursFrom(FIRST, values.length),
    value: Float64Array.from(values),
    segments: [{ ...KEY, start: 0, end: values.length }],
  };
}

/** Computed hours at some hours of the same series. */
function computed(...at: readonly number[]) {
  const ones = new Float64Array(at.length).fill(1);
  return {
    count: at.length,
    hour: Float64Array.from(at, (one) => FIRST + one * HOUR),
    n: new Int32Array(at.length).fill(1),
    sum: ones,
    min: ones,
    max: ones,
    flagged: new Int32Array(at.length),
    segments: [{ ...KEY, start: 0, end: at.length }],
  };
}

const hoursOf = ({ hour, segments }: LegacyHours) =>
  segments.flatMap(({ start, end }) => [...hour.slice(start, end)].map((one) => (one - FIRST) / HOUR));

describe('of imported hours', async () => {
  const configuration = await loadConfiguration(join(root, 'seeds'));
  const values = [10, 11, 12, 13, 14, 15, 16, 17];

  test('all are published where nothing was computed', () => {
    const { parts, computed: left } = publishableHours([imported(values)], [], configuration);
    expect({ hours: hoursOf(parts[0]!), left }).toEqual({ hours: [0, 1, 2, 3, 4, 5, 6, 7], left: 0 });
  });

  test('none is published between the first and last computed hour, even if a computed one is missing', () => {
    const { parts, computed: left } = publishableHours([imported(values)], [computed(2, 5)], configuration);
    expect({ hours: hoursOf(parts[0]!), left }).toEqual({ hours: [0, 1, 6, 7], left: 4 });
    expect(parts[0]!.segments).toHaveLength(2);
  });

  test('those of another series or month stay, whatever was computed', () => {
    const other = { ...computed(2, 5), segments: [{ ...KEY, dataKey: 'temp_waste', start: 0, end: 2 }] };
    const later = { ...computed(2, 5), hour: hoursFrom(Date.UTC(2024, 3, 1), 2) };
    expect(hoursOf(publishableHours([imported(values)], [other, later], configuration).parts[0]!)).toHaveLength(8);
  });

  test('a value outside the plausible range, such as an error code, is left out and counted', () => {
    const { parts, implausible } = publishableHours([imported([10, 126, 12])], [], configuration);
    expect({ hours: hoursOf(parts[0]!), implausible }).toEqual({ hours: [0, 2], implausible: 1 });
  });

  test('an hour that an exclusion touches is left out and counted', () => {
    const datasource = configuration.datasources.find(({ name }) => name === 'Atrea')!.id;
    const exclusion = {
      datasource,
      location: KEY.location,
      dataKey: KEY.dataKey,
      from: FIRST + 1.5 * HOUR,
      to: FIRST + 3 * HOUR,
      reason: 'filter change',
    };
    const { parts, excluded } = publishableHours([imported(values)], [], { ...configuration, exclusions: [exclusion] });
    expect({ hours: hoursOf(parts[0]!), excluded }).toEqual({ hours: [0, 3, 4, 5, 6, 7], excluded: 2 });
  });
});
