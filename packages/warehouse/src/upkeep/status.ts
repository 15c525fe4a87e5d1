import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { Store } from '@sensor-warehouse/storage/store';
import { type StagedBackfill, stagedBackfills } from '../backfill/staging';
import { isConsumed, settlementOf, waitingFacts } from '../layout/consumption';
import { listGenerations, readManifest } from '../layout/facts-manifest';
import type { LabelReading } from '../layout/label-reading';
import { readWaiting } from '../layout/pending';
import { type Pointer, readPointer, type Settlement } from '../layout/pointer';
import type { Seeds, UploadFolders } from '../run/context';
import { type Held, readHeld } from './held';
import { type Quarantined, readQuarantined } from './quarantined';

/** The published state of one source, what holds it, and its refused uploads. */
export interface SourceStatus {
  readonly datasource: string;
  /** `gone`: no row of the seeds names it, but something of it is published or waits. */
  readonly state: 'on' | 'off' | 'gone';
  readonly months: number;
  readonly from: string;
  readonly to: string;
  readonly readings: number;
  readonly hours: number;
  /** Facts that wait for a publication; those that were discarded do not. */
  readonly waiting: number;
  readonly held?: Held;
  /** Code of what kept its API from delivering in the newest Refresh. */
  readonly undelivered?: string;
  readonly quarantined: Quarantined;
}

/** Facts of one source in one generation that no publication has taken or skipped yet. */
export interface WaitingFacts {
  readonly generation: string;
  readonly datasource: string;
  readonly facts: number;
  readonly held: boolean;
  /** Those that are `discarded` do not wait: the next publication skips them. */
  readonly settled?: Settlement['verdict'];
}

/** Hours of an earlier pipeline. */
export interface ImportedHours {
  readonly months: number;
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** How many of them are in the dataset; the others gave way to computed hours, or are implausible or excluded. */
  readonly published: number;
  /** How the labels of the old files were read. */
  readonly labels: readonly LabelReading[];
}

export interface Status {
  readonly generation: number;
  /** Empty if nothing is published. */
  readonly version: string;
  /** A source that is switched off is listed only if something of it is published or waits. */
  readonly sources: readonly SourceStatus[];
  /** Sources that are switched off. */
  readonly off: readonly string[];
  /** The older version that readers see, if a person pinned one. */
  readonly pinned?: string;
  readonly waiting: readonly WaitingFacts[];
  readonly imported?: ImportedHours;
  /** Backfills that are under way, or were cut short. */
  readonly backfills: readonly StagedBackfill[];
}

/**
 * Reads what is published, what waits and why, without reading any table.
 * @throws Failure if the pointer is missing or damaged
 */
export async function readStatus(context: UploadFolders & Seeds): Promise<Status> {
  const { pointer } = await readPointer(context.warehouse);
  const inSeeds = await readWaiting(context, pointer);
  const held = await readHeld(context.warehouse, pointer, inSeeds);
  const waiting = inSeeds.manifests.flatMap(({ generation, number, sources }) =>
    sources
      .filter(({ datasource }) => !isConsumed(number, pointer, datasource))
      .map(({ datasource, facts }): WaitingFacts => {
        const settled = settlementOf(number, pointer, datasource)?.verdict;
        const isHeld = settled === undefined && datasource in held;
        return { generation, datasource, facts, held: isHeld, ...(settled === undefined ? {} : { settled }) };
      })
      .filter(({ facts, held: isHeld }) => facts > 0 || isHeld),
  );
  const undelivered = await readUndelivered(context.warehouse);
  const sources: SourceStatus[] = [];
  for (const [id, state] of sourcesOf(context.configuration, pointer, waiting)) {
    const datasource = context.configuration.datasources.find((one) => one.id === id);
    sources.push({
      datasource: id,
      state,
      ...publishedOf(pointer, id),
      waiting: waitingFacts(inSeeds.manifests, pointer, id),
      ...(held[id] === undefined ? {} : { held: held[id] }),
      ...(undelivered.has(id) && state === 'on' ? { undelivered: undelivered.get(id)! } : {}),
      quarantined: datasource === undefined ? NOTHING : await readQuarantined(context, datasource),
    });
  }
  const imported = importedOf(pointer);
  return {
    generation: pointer.generation,
    version: pointer.public.version,
    ...(pointer.pinned === undefined ? {} : { pinned: pointer.pinned.version }),
    sources: sources.filter(({ state, months, waiting: facts }) => state !== 'off' || months + facts > 0),
    off: context.configuration.disabled.map(({ id }) => id),
    waiting,
    ...(imported === undefined ? {} : { imported }),
    backfills: await stagedBackfills(context.warehouse),
  };
}

const NOTHING: Quarantined = { uploads: 0, rows: 0, unmapped: 0, entry: undefined, refused: [], looked: true };

/** Every source about which there is something to say: those of the seeds first, in their order. */
function sourcesOf(
  configuration: Configuration,
  pointer: Pointer,
  waiting: readonly WaitingFacts[],
): Map<string, SourceStatus['state']> {
  const states = new Map<string, SourceStatus['state']>();
  for (const { id } of configuration.datasources) states.set(id, 'on');
  for (const { id } of configuration.disabled) states.set(id, 'off');
  for (const { datasource } of [...pointer.partitions, ...waiting])
    if (!states.has(datasource)) states.set(datasource, 'gone');
  return states;
}

function publishedOf({ partitions }: Pointer, id: string) {
  const mine = partitions.filter((one) => one.datasource === id);
  return {
    months: mine.length,
    from: mine[0]?.month ?? '',
    to: mine.at(-1)?.month ?? '',
    readings: mine.reduce((total, one) => total + one.archive.rows, 0),
    hours: mine.reduce((total, one) => total + one.aggregates.rows, 0),
  };
}

/** The newest manifest's entries about APIs. */
async function readUndelivered(warehouse: Store): Promise<Map<string, string>> {
  const newest = (await listGenerations(warehouse)).at(-1);
  const manifest = newest === undefined ? undefined : await readManifest(warehouse, newest);
  return new Map(
    (manifest?.sources ?? []).flatMap(({ datasource, undelivered }) =>
      undelivered === undefined ? [] : [[datasource, undelivered] as const],
    ),
  );
}

function importedOf(pointer: Pointer): ImportedHours | undefined {
  const { legacy = [], partitions } = pointer;
  if (legacy.length === 0) return undefined;
  const computed = partitions.reduce((total, { aggregates }) => total + aggregates.rows, 0);
  const rows = pointer.public.files[0]?.rows ?? 0;
  return {
    months: legacy.length,
    from: legacy[0]!.month,
    to: legacy.at(-1)!.month,
    hours: legacy.reduce((total, month) => total + month.rows, 0),
    published: rows - computed,
    labels: [...new Map(legacy.map(({ labels }) => [JSON.stringify(labels), labels])).values()],
  };
}
