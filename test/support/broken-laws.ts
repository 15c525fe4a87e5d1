/** One way to break each conservation law of the sources: an input of which a part is lost on the way, or a part too much. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileCounts } from '@sensor-warehouse/intake/report/report';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { requireEveryMonth } from '@sensor-warehouse/warehouse/backfill/make-window';
import { everyFactChecked } from '@sensor-warehouse/warehouse/check-quality/conserve';
import { everyRowHandedOn } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { everyFactMerged } from '@sensor-warehouse/warehouse/influx-aggregate/conserve';
import { everyUpload } from '@sensor-warehouse/warehouse/ingest/conserve';
import type { FactSeries } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import type { Partition } from '@sensor-warehouse/warehouse/layout/pointer';
import { levelArchiveDigest } from '@sensor-warehouse/warehouse/levels/level-archive';
import { tableFile } from '@sensor-warehouse/warehouse/levels/level-places';
import { compareDatasets } from '@sensor-warehouse/warehouse/moving-in/compare-datasets';
import { gridsOf } from '@sensor-warehouse/warehouse/moving-in/hour-grid';
import { countImportedRows } from '@sensor-warehouse/warehouse/moving-in/import-legacy';
import { makePartitions } from '@sensor-warehouse/warehouse/partitions/make-partition';
import { requireEveryFactNamed } from '@sensor-warehouse/warehouse/publish-facts/conserve';
import { makeDatasetVersion } from '@sensor-warehouse/warehouse/publish-parquet/dataset-version';
import { levelsOfModels } from '@sensor-warehouse/warehouse/publish-parquet/levels-of-models';
import { everyRefusedRow } from '@sensor-warehouse/warehouse/quarantine/keep';
import { inWork } from '@sensor-warehouse/warehouse/run/in-work';
import { aggregateHours } from '@sensor-warehouse/warehouse/tables/hours';
import { NO_READINGS } from '@sensor-warehouse/warehouse/tables/merge';
import { mergeMonth } from '@sensor-warehouse/warehouse/tables/merge-month';
import { readFacts } from '@sensor-warehouse/warehouse/tables/read-facts';
import { conserve, everyReading, everyRow } from '@sensor-warehouse/warehouse/transform/conserve';
import type { FactCounts } from '@sensor-warehouse/warehouse/transform/export-facts';
import { levelModels } from '@sensor-warehouse/warehouse/transform/level-models';
import { everyCell, everyLine } from '@sensor-warehouse/warehouse/validate-schema/conserve';
import type { Validated } from '@sensor-warehouse/warehouse/validate-schema/validated';
import type { Building } from './building';
import { writeFacts } from './made-facts';
import { openNight } from './made-night';

const MONTH = '2024-10';
const FIVE_HOURS = { datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 5 } as const;
const NO_CELLS = { cells: 0, readings: 0, empty: 0, ignored: 0, cellsQuarantined: 0 };
const COUNTS: FileCounts = { lines: 0, landed: 0, quarantined: 0, ...NO_CELLS };
const NO_HOURS = aggregateHours(NO_READINGS, new Int32Array(0));

/** The module and function of the law, below `packages/` → what breaks it in an empty building: it throws, or gives the law of a stage. */
export const BROKEN: Readonly<Record<string, (building: Building) => unknown>> = {
  'ingest/conserve everyUpload': () => everyUpload({ listed: 4, fresh: 1, seen: 1, aside: 1, untaken: 0 }, 'indoor'),
  'validate-schema/conserve everyLine': () => everyLine({ ...COUNTS, lines: 3, landed: 1, quarantined: 1 }),
  'validate-schema/conserve everyCell': () =>
    everyCell({ ...COUNTS, cells: 10, readings: 5, empty: 2, ignored: 1, cellsQuarantined: 1 }),
  'quarantine/keep everyRefusedRow': async ({ folder }) => {
    const kept = join(folder, 'kept.csv');
    await writeFile(kept, 'half of what was uploaded');
    const report = { whole: true, sha256: '0'.repeat(64), counts: { ...COUNTS, quarantined: 2 } };
    return everyRefusedRow([{ report, kept, encoding: 'utf-8' } as never], 2);
  },
  'transform/conserve conserve': () => {
    const files = [{ datasource: 'indoor', name: '1.csv', verdict: 'accepted', counts: { ...COUNTS, readings: 3 } }];
    const configuration = { datasources: [{ id: 'indoor', name: 'ThermoPro' }] } as unknown as Configuration;
    const counts: FactCounts = { rows: 2, series: [], rejected: [], nothings: 0, floats: [], columns: {} };
    const { laws } = conserve(configuration, { files } as unknown as Validated, [seriesOf(2)], counts, new Map());
    return laws[0];
  },
  'transform/conserve everyReading': () => everyReading(5, 3, 1),
  'transform/conserve everyRow': () => everyRow([seriesOf(4)], { rows: 5 }),
  'publish-facts/conserve requireEveryFactNamed': () =>
    requireEveryFactNamed(5, [{ datasource: 'indoor', held: false, refused: [], facts: 4, readings: 4, empty: 0 }]),
  'check-quality/conserve everyFactChecked': () => everyFactChecked({ facts: 5, checked: 4, discarded: 1 }),
  'influx-aggregate/conserve everyFactMerged': () =>
    everyFactMerged({ facts: 5, added: 1, replaced: 1, repeated: 1, discarded: 1 }),
  'tables/read-facts requireMonth': async ({ folder }) => {
    const { local, manifest } = await factsIn(folder);
    const series = manifest.series.map((one) => ({ ...one, month: '2024-09' }));
    await readFacts(local, { ...manifest, series }, 'indoor', '2024-09');
  },
  'tables/merge-month mergeMonth': async ({ folder }) => {
    const facts = await factsIn(folder);
    const { readings } = await mergeMonth(NO_READINGS, 'indoor', MONTH, [facts]);
    await mergeMonth({ ...readings, segments: [] }, 'indoor', MONTH, [facts]);
  },
  'partitions/make-partition requireEveryReading': async (building) => {
    const { readings } = await mergeMonth(NO_READINGS, 'indoor', MONTH, [await factsIn(building.folder)]);
    const losing = { ...EMBEDDED, hours: async () => [NO_HOURS] };
    const toMake = { month: MONTH, readings, before: undefined, facts: 1 };
    await makePartitions(await openNight(building), losing, 'indoor', [toMake]);
  },
  'dbt-levels/dbt-levels everyRowHandedOn': async (building) => {
    const { work } = await openNight(building);
    return everyRowHandedOn(work, [await tableOfOneRow(work)]);
  },
  'publish-parquet/levels-of-models levelsOfModels': async (building) => {
    const night = { ...(await openNight(building)), project: await projectWithLevel(building.folder) };
    const { digest } = (await levelModels(night.project))!;
    const partition = { datasource: 'indoor', month: MONTH, archive: { sha256: '' } } as Partition;
    const of = levelArchiveDigest([partition], digest);
    const left = { of, tables: [await tableOfOneRow(night.work)] };
    await levelsOfModels(night, { left }, [partition], []);
  },
  'publish-parquet/dataset-version makeDatasetVersion': async (building) => {
    const partition = { aggregates: { rows: 1 } } as Partition;
    await makeDatasetVersion(await openNight(building), new Map([[partition, NO_HOURS]]), [], 1);
  },
  'backfill/make-window requireEveryMonth': () => requireEveryMonth(['2024-09', MONTH], [{ month: MONTH }]),
  'moving-in/import-legacy countImportedRows': () => {
    const file = { rows: 3, series: [], rejected: { 'not-a-number': 1 }, repeated: 1, conflicting: 0 };
    countImportedRows([file as never], { series: [], repeated: 0, conflicting: 0 });
  },
  'moving-in/compare-datasets requireEveryHour': () => {
    const none = gridsOf([], new Map());
    compareDatasets({ ...none, hours: 1 }, none, []);
  },
};

const seriesOf = (facts: number) => ({ datasource: 'indoor', source: 'ThermoPro', facts }) as FactSeries;

async function factsIn(folder: string) {
  const local = join(folder, 'fact.parquet');
  const { series } = await writeFacts(local, 'made.csv', [FIVE_HOURS]);
  return { local, manifest: { series, files: [] } };
}

/** A table of a level that is said to have two rows. */
async function tableOfOneRow(work: string) {
  const file = tableFile(work, 'monthly');
  await mkdir(inWork(work, 'levels'), { recursive: true });
  await writeFile(file, `[["time","instant"],["total","number"]]\n[${Date.UTC(2024, 9, 1)},1.5]\n`);
  return { name: 'monthly', rows: 2, sha256: await sha256OfFile(file) };
}

async function projectWithLevel(folder: string): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(join(project, 'models', '3_aggregations'), { recursive: true });
  await writeFile(join(project, 'models', '3_aggregations', 'monthly.sql'), 'select 1');
  return project;
}
