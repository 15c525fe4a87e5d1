import { mkdir, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Configuration, Datasource, QualityCheck, Threshold } from '@sensor-warehouse/model/seeds/configuration';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import { latest } from '@sensor-warehouse/warehouse/check-quality/last-readings';
import { checkSilence } from '@sensor-warehouse/warehouse/check-quality/silence';
import { EMPTY_POINTER, type Pointer } from '@sensor-warehouse/warehouse/layout/pointer';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { digested, writeHours } from '@sensor-warehouse/warehouse/tables/partition-files';
import type { KeySegment } from '@sensor-warehouse/warehouse/tables/read-facts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';

const NOW = Date.parse('2024-11-29T12:00:00Z');
const at = (text: string) => Date.parse(text);

let folder: string;
let configuration: Configuration;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'silence-'));
  configuration = await loadConfiguration(join(root, 'seeds'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const indoor = (): Datasource => configuration.datasources.find(({ id }) => id === 'indoor')!;

function contextWith(thresholds: Partial<Record<QualityCheck, Threshold>>): Context {
  const remotes = openRemotes(parseBindings([`drive=${folder}`]), undefined);
  return {
    configuration: {
      ...configuration,
      threshold: (_, check) => thresholds[check] ?? { warn: undefined, error: undefined },
    },
    project: root,
    program: process.argv[1]!,
    work: join(folder, 'work'),
    remotes,
    warehouse: remotes.open('drive:W'),
    now: NOW,
    windowMonths: 2,
    apis: { secretOf: () => undefined, loopback: false },
    dryRun: false,
    say: () => {},
  };
}

const SILENT = { silent_hours: { warn: 72, error: undefined } };
const STALE = { stale_days: { warn: 30, error: 60 } };

/** Last readings, as `location data_key instant`. */
const readings = (...lines: string[]) =>
  latest(
    lines.map((line) => {
      const [location, dataKey, time] = line.split(' ') as [string, string, string];
      return { location, dataKey, time: at(time) };
    }),
  );

/** A pointer to a month whose series end with these hours, as `location data_key instant`. */
async function published(...lines: string[]): Promise<Pointer> {
  const path = 'aggregates/indoor/2024-11.0123abcd.parquet';
  const local = join(folder, 'W', path);
  await mkdir(dirname(local), { recursive: true });
  const segments = lines.map((line, index): KeySegment => {
    const [location, dataKey] = line.split(' ') as [string, string];
    return { location, source: 'ThermoPro', measurement: 'nonadditive', dataKey, start: index, end: index + 1 };
  });
  const numbers = new Float64Array(lines.length).fill(1);
  const counts = new Int32Array(lines.length).fill(1);
  await writeHours(local, {
    count: lines.length,
    hour: Float64Array.from(lines, (line) => at(line.split(' ')[2]!)),
    n: counts,
    sum: numbers,
    min: numbers,
    max: numbers,
    flagged: counts,
    segments,
  });
  const file = { path, rows: lines.length, ...(await digested(local)) };
  const partition = { datasource: 'indoor', month: '2024-11', revision: 1, archive: file, aggregates: file };
  return { ...EMPTY_POINTER, partitions: [{ ...partition, complete: false, facts: 1, rules: '' } as never] };
}

const told = async (
  thresholds: Partial<Record<QualityCheck, Threshold>>,
  pointer: Pointer,
  delivered: ReturnType<typeof readings>,
) => {
  const { findings } = await checkSilence(contextWith(thresholds), pointer, indoor(), {
    delivered,
    newestFile: 'newest.csv',
    came: false,
  });
  return findings.map(({ code, severity, column, found }) => [code, severity, column, found]);
};

describe('a sensor that fell silent', () => {
  test('is reported once for all its quantities, with its last reading', async () => {
    const delivered = readings(
      'A temp_indoor 2024-11-28T12:00Z',
      'B temp_indoor 2024-11-20T12:00Z',
      'B humidity_indoor 2024-11-20T11:00Z',
    );
    expect(await told(SILENT, EMPTY_POINTER, delivered)).toEqual([
      [
        'sensor-silent',
        'warning',
        'B',
        'nothing of "B" since 2024-11-20T12:00Z, 192 hours before the newest reading of the source',
      ],
    ]);
  });

  test('is reported by its quantity where only that stopped', async () => {
    const delivered = readings(
      'A temp_indoor 2024-11-28T12:00Z',
      'A humidity_indoor 2024-11-20T12:00Z',
      'B temp_indoor 2024-11-28T12:00Z',
    );
    const [[, , , found]] = (await told(SILENT, EMPTY_POINTER, delivered)) as [[string, string, string, string]];
    expect(found).toMatch(/^no humidity_indoor of "A" since/);
  });

  test('is reported when the delivery of the others has no file of it at all', async () => {
    const pointer = await published(
      'A temp_indoor 2024-11-10T00:00Z',
      'B temp_indoor 2024-11-10T00:00Z',
      'C temp_indoor 2024-11-10T00:00Z',
    );
    const delivered = readings('A temp_indoor 2024-11-28T12:00Z', 'C temp_indoor 2024-11-28T12:00Z');
    expect((await told(SILENT, pointer, delivered)).map(([, , location]) => location)).toEqual(['B']);
  });

  test('is not one that has not been exported yet: a few files say nothing about the others', async () => {
    const pointer = await published(
      'A temp_indoor 2024-11-10T00:00Z',
      'B temp_indoor 2024-11-10T00:00Z',
      'C temp_indoor 2024-11-10T00:00Z',
    );
    expect(await told(SILENT, pointer, readings('A temp_indoor 2024-11-28T12:00Z'))).toEqual([]);
  });

  test('is not one of a delivery of old months: the others did not continue in it', async () => {
    const pointer = await published('A temp_indoor 2024-11-27T00:00Z', 'B temp_indoor 2024-11-27T00:00Z');
    const delivered = readings('A temp_indoor 2023-01-31T12:00Z', 'B temp_indoor 2023-01-31T12:00Z');
    expect(await told(SILENT, pointer, delivered)).toEqual([]);
  });

  test('is looked for nowhere if nothing came', async () => {
    const pointer = await published('A temp_indoor 2024-11-27T00:00Z', 'B temp_indoor 2024-11-01T00:00Z');
    expect(await told(SILENT, pointer, readings())).toEqual([]);
  });

  test('cannot hide behind a damaged month: that it was not looked for is said', async () => {
    const pointer = await published('A temp_indoor 2024-11-10T00:00Z', 'B temp_indoor 2024-11-10T00:00Z');
    await truncate(join(folder, 'W', pointer.partitions[0]!.aggregates.path), 10);
    const codes = (await told(SILENT, pointer, readings('A temp_indoor 2024-11-28T12:00Z'))).map(([code]) => code);
    expect(codes).toEqual(['silence-not-checked']);
  });
});

describe('a source that sends nothing recent', () => {
  test('is reported with the newest file when old exports come', async () => {
    expect(await told(STALE, EMPTY_POINTER, readings('A temp_indoor 2024-10-20T12:00Z'))).toEqual([
      ['stale-file', 'warning', undefined, 'the newest reading of the source is from 2024-10-20T12:00Z, 40 days ago'],
    ]);
  });

  test('is reported when nothing comes at all', async () => {
    const pointer = await published('A temp_indoor 2024-09-01T00:00Z');
    const { findings } = await checkSilence(contextWith(STALE), pointer, indoor(), {
      delivered: readings(),
      newestFile: undefined,
      came: false,
    });
    expect(findings.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['stale-file', 'error', 'the source has sent nothing new for a long time'],
    ]);
  });

  test('is none while what is published is recent, whatever comes late', async () => {
    const pointer = await published('A temp_indoor 2024-11-27T00:00Z');
    expect(await told(STALE, pointer, readings('A temp_indoor 2023-01-01T00:00Z'))).toEqual([]);
  });

  test('is asked for by a threshold alone', async () => {
    const pointer = await published('A temp_indoor 2020-01-01T00:00Z');
    expect(await told({}, pointer, readings('A temp_indoor 2020-01-01T00:00Z'))).toEqual([]);
  });
});

test.skipIf(!process.env.DBT_PYTHON)(
  'a night names the sensor whose battery is empty, and still publishes',
  async () => {
    const building = await newBuilding();
    try {
      await building.upload(
        'Indoor',
        thermoPro('493D', samples('2024-11-20T00:00:00Z', '2024-11-28T00:00:00Z', 30, [1, 2])),
      );
      await building.upload(
        'Indoor',
        thermoPro('CCEA', samples('2024-11-20T00:00:00Z', '2024-11-22T00:00:00Z', 30, [3, 4])),
      );
      const { code, stderr } = await building.run('run');
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /warning sensor-silent \[indoor\] SM2_02_L1_01: .*found nothing of "SM2_02_L1_01" since 2024-11-21T23:30Z/,
      );
    } finally {
      await building.remove();
    }
  },
);
