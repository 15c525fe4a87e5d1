import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { planJob, windowJob } from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import {
  entryNames,
  type QuarantineReport,
  quarantineFolder,
} from '@sensor-warehouse/warehouse/layout/quarantine-entry';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import type { Published } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { reportText } from '@sensor-warehouse/warehouse/quarantine/report-text';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { NOW } from './building';
import { root } from './command-line';
import { writeRawCopies } from './damaged';
import { handOver, type MadeFacts } from './made-facts';
import { contextOver } from './open-context';
import { checkQuality, influxAggregate, publishParquet } from './stages';

const INDOOR = { datasource: 'indoor', hours: 4 } as const;
const VENTILATION = { datasource: 'ventilation', hours: 4 } as const;

/** Two published nights, and one that waits. */
const NIGHTS: readonly (readonly MadeFacts[])[] = [
  [
    { ...INDOOR, from: '2024-10-10T00:00:00Z' },
    { ...INDOOR, from: '2024-11-10T00:00:00Z' },
    { ...VENTILATION, from: '2024-10-10T00:00:00Z' },
  ],
  [{ ...INDOOR, from: '2024-11-11T00:00:00Z' }],
  [
    { ...INDOOR, from: '2024-11-12T00:00:00Z' },
    { ...VENTILATION, from: '2024-11-12T00:00:00Z' },
  ],
];

/**
 * A warehouse with a file of every kind: two published nights, a waiting one, an entry of each kind in the quarantine, and
 * what a backfill has planned and made. It is made in this process and without dbt.
 * @param folder is made
 */
export async function makeSmallWarehouse(folder: string): Promise<void> {
  const warehouse = join(folder, 'Warehouse');
  for (const uploads of ['Indoor', 'Vzduchotechnika'])
    await mkdir(join(folder, uploads, 'Latest', 'Upload'), { recursive: true });
  for (const [index, night] of NIGHTS.entries()) {
    await handOver(warehouse, index + 1, night);
    await writeRawCopies(warehouse);
    if (index < NIGHTS.length - 1) await withNight(folder, publish);
  }
  await writeQuarantine(warehouse, 'refused');
  await writeQuarantine(warehouse, 'accepted');
  await withNight(folder, async (night) => {
    const order = { from: '2024-10', to: '2024-10', mode: 'all', maxMonths: 24, allowFewer: false } as const;
    const { plan, digest } = await planJob(night, order, 'code');
    for (const { name } of plan.windows) await windowJob(night, stagesAgain(withoutDbt), EMBEDDED, digest!, name);
  });
}

/** What a machine without dbt says. */
export function withoutDbt(): Promise<string> {
  return Promise.reject(new NoDbt());
}

export class NoDbt extends Error {}

/** Works in a context of this process whose Drive is `drive`, and takes its work folder away. */
export async function withNight<T>(drive: string, work: (night: Context) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(`${drive}-work-`);
  try {
    const own = { configuration: await configuration, project: root, work: folder, now: Date.parse(NOW) };
    return await work(contextOver(drive, { ...own, program: join(root, 'package.json') }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const configuration = loadConfiguration(join(root, 'seeds'));

/** The stages of Aggregate & Publish. */
export async function publish(night: Context): Promise<Published> {
  await checkQuality(night);
  await influxAggregate(night, EMBEDDED);
  return publishParquet(night);
}

/** Links every file into a new folder: stores replace files and change none, so the copy is as good as one of the bytes. */
export async function linkedCopy(folder: string, copy: string): Promise<void> {
  await mkdir(copy, { recursive: true });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [from, to] = [join(folder, entry.name), join(copy, entry.name)];
    if (entry.isDirectory()) await linkedCopy(from, to);
    else await link(from, to);
  }
}

/** An upload of three lines of which nothing, or the last, was kept out of the warehouse. */
async function writeQuarantine(warehouse: string, verdict: QuarantineReport['verdict']): Promise<void> {
  const name = `ThermoProSensor_export_493D_${verdict}.csv`;
  const bytes = Buffer.from(`Timestamp of export,\nDate,Time,Temperature_Celsius,\n${verdict},12:00,1\n`);
  const isRefused = verdict === 'refused';
  const upload = { name, sha256: sha256OfBytes(bytes) };
  const report: QuarantineReport = {
    format: 2,
    datasource: 'indoor',
    file: name,
    sha256: upload.sha256,
    verdict,
    counts: {
      ...{ lines: 1, landed: 0, quarantined: 1 },
      ...{ cells: 0, readings: 0, empty: 0, ignored: 0, cellsQuarantined: 0 },
    },
    findings: [
      {
        code: 'empty-file',
        severity: 'error',
        file: name,
        count: 1,
        message: 'a message',
        fix: 'do something',
        line: 3,
      },
    ],
    rows: isRefused ? [] : [{ line: 3, lastLine: 3, code: 'a-code' }],
    headerLine: 2,
    whole: isRefused,
  };
  const names = entryNames(upload, report.whole);
  const folder = join(warehouse, quarantineFolder('indoor'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, names.kept), bytes);
  await writeFile(join(folder, names.report), documentText(report));
  await writeFile(join(folder, names.text), reportText(report, names));
}

/** Replaces a file by a new one: others may be linked to the bytes of the old. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
