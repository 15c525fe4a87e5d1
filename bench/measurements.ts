import { join } from 'node:path';
import type { StageRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { actionNames, coldStart } from './cold-start';
import { freshFolder, linkTree, prepareUploads, type Uploads } from './folders';
import { compareWithPeer, type Difference, runPeer } from './peer';
import {
  type Drive,
  datasetOf,
  type EngineName,
  makePast,
  runEverything,
  runInflux,
  runStages,
  type WholeRun,
} from './programs';
import { median } from './table';
import type { Workload } from './workload';

/** What is measured on, and how it is told. */
export interface Bench {
  readonly workload: Workload;
  readonly say: (line: string) => void;
}

const DAY = 86_400_000;
/** One export of this many days is the file of size 1; four times as many the file of size 4. */
const LARGE_FILE_DAYS = 365;
/** History is made of a reading in ten minutes: as many hours as by the minute, which is what a run could read. */
const HISTORY_EVERY = 10;

/** A drive with the uploads of a workload; the clock stands a day after its end. */
function driveWith(name: string, uploads: Uploads, { from, days }: Workload): Drive {
  const folder = freshFolder(name);
  linkTree(uploads.folder, folder);
  return { folder, now: new Date(from + (days + 1) * DAY).toISOString() };
}

/** The peer, then ours, as often as asked; so the two of a round meet the same neighbours on this machine. */
async function alternate<T>(bench: Bench, rounds: number, what: string, ours: (round: number) => Promise<T>) {
  const uploads = prepareUploads(bench.workload, true);
  const peer: number[] = [];
  const results: T[] = [];
  for (let round = 1; round <= rounds; round++) {
    peer.push(await runPeer(uploads.folder, join(freshFolder('peer'), 'hours.parquet')));
    results.push(await ours(round));
    bench.say(`${what}: round ${round} of ${rounds}, the peer ${peer.at(-1)!.toFixed(2)} s`);
  }
  return { peer, results };
}

const secondsOf = (stages: readonly StageRecord[], ...names: readonly string[]) =>
  stages.filter(({ stage }) => names.includes(stage)).reduce((total, one) => total + one.seconds, 0);

export const dbtSecondsOf = (stages: readonly StageRecord[]) =>
  stages.reduce((total, { dbtSeconds = 0 }) => total + dbtSeconds, 0);

/** validate-schema alone in a process, on the whole workload. */
export async function measureValidate(bench: Bench) {
  const drive = driveWith('validate', prepareUploads(bench.workload, true), bench.workload);
  const work = freshFolder('validate-work');
  await runStages(['ingest'], drive, work);
  let lines = 0;
  const { peer, results } = await alternate(bench, 3, 'validate-schema', async () => {
    const { stages } = await runStages(['validate-schema'], drive, work);
    lines = stages[0]!.in;
    return secondsOf(stages, 'validate-schema');
  });
  return { lines, seconds: results, peer };
}

/** Peak memory of a process that validates one file, and one four times as large. */
export async function measureMemory(bench: Bench) {
  const measured: { readonly lines: number; readonly bytes: number; readonly peakBytes: number }[] = [];
  for (const factor of [1, 4]) {
    const days = LARGE_FILE_DAYS * factor;
    const end = bench.workload.from + bench.workload.days * DAY;
    const [sensor] = bench.workload.sensors as [string];
    const workload = { ...bench.workload, sensors: [sensor], from: end - days * DAY, days, monthly: false };
    const uploads = prepareUploads(workload, false);
    const drive = driveWith('memory', uploads, workload);
    const work = freshFolder('memory-work');
    await runStages(['ingest'], drive, work);
    const { peakBytes } = await runStages(['validate-schema'], drive, work);
    bench.say(`memory: ${uploads.lines} lines`);
    measured.push({ lines: uploads.lines, bytes: uploads.bytes, peakBytes });
  }
  return { one: measured[0]!, four: measured[1]! };
}

/** Everything on an empty warehouse. What is published must be what the peer computes. */
export async function measureEverything(bench: Bench, engine: EngineName) {
  const uploads = prepareUploads(bench.workload, true);
  let difference: Difference | undefined;
  const { peer, results } = await alternate(bench, 2, `everything, ${engine}`, async (): Promise<WholeRun> => {
    const drive = driveWith('everything', uploads, bench.workload);
    const whole = await runEverything(drive, engine);
    difference = await compareWithPeer(datasetOf(drive), join('build', 'bench', 'run', 'peer', 'hours.parquet'));
    return whole;
  });
  return { runs: results, peer, difference: difference!, uploads };
}

/**
 * influx-aggregate and the levels, where the archive holds both months whole. The delivery is the same period again,
 * with other gaps: nearly every fact is a repetition, and both months still change.
 */
export async function measureAggregate(bench: Bench) {
  const uploads = prepareUploads(bench.workload, true);
  const drive = driveWith('aggregate', uploads, bench.workload);
  bench.say('aggregate: filling the archive');
  await runEverything(drive);
  linkTree(prepareUploads({ ...bench.workload, gapSeed: bench.workload.gapSeed + 1 }, false).folder, drive.folder);
  const work = freshFolder('aggregate-work');
  bench.say('aggregate: handing the second delivery over');
  await runStages(['ingest', 'validate-schema', 'transform', 'publish-facts', 'check-quality'], drive, work);
  let facts = 0;
  const { peer, results } = await alternate(bench, 3, 'aggregate', async () => {
    const { stages } = await runStages(['influx-aggregate', 'levels'], drive, work);
    facts = stages[0]!.in;
    return { merge: secondsOf(stages, 'influx-aggregate'), levels: secondsOf(stages as StageRecord[], 'levels') };
  });
  return { facts, seconds: results, peer };
}

/** The same new data on an archive of as many days before it, and of ten times as many. */
export async function measureHistory(bench: Bench) {
  const { workload, say } = bench;
  const uploads = prepareUploads(workload, true);
  const archives = new Map<number, string>();
  for (const factor of [1, 10]) {
    say(`history: an archive of ${factor} × ${workload.days} days`);
    const days = factor * workload.days;
    const history = { ...workload, from: workload.from - days * DAY, days, every: HISTORY_EVERY };
    const drive = driveWith(`history-${factor}`, prepareUploads(history, false), history);
    await runEverything(drive);
    archives.set(factor, drive.folder);
  }
  const once = async (factor: number) => {
    const drive = driveWith('history', uploads, workload);
    linkTree(join(archives.get(factor)!, 'Warehouse'), join(drive.folder, 'Warehouse'));
    const work = freshFolder('history-work');
    const upToTables = ['ingest', 'validate-schema', 'transform', 'publish-facts', 'check-quality', 'influx-aggregate'];
    const { seconds, stages } = await runStages(upToTables, drive, work);
    return seconds - dbtSecondsOf(stages);
  };
  const { peer, results } = await alternate(bench, 2, 'history', async (round) => {
    // The second round the other way round, so that neither always comes first.
    const [first, second] = round % 2 === 1 ? [1, 10] : [10, 1];
    const measured = { [first!]: await once(first!), [second!]: await once(second!) };
    return { one: measured[1]!, ten: measured[10]! };
  });
  return { one: results.map(({ one }) => one), ten: results.map(({ ten }) => ten), peer };
}

/** Points of a window into InfluxDB, and their hours out of it. */
export async function measureInflux({ workload, say }: Bench) {
  const rounds = await runInflux(workload, 3);
  say(`influxdb: ${rounds.points} points, ${rounds.write.length} rounds`);
  return rounds;
}

/** What `bench/past.ts` prints: the peak of memory of its process after each month. */
export interface MonthMade {
  readonly month: string;
  readonly peakBytes: number;
  readonly changed: number;
}

/** Fourteen months of the indoor source, made again from the archive and from the raw copies, window by window. */
export async function measurePast({ workload, say }: Bench, engines: readonly EngineName[]) {
  const [from, to] = [Date.UTC(2023, 9, 1), Date.UTC(2024, 11, 1)];
  const months = { ...workload, from, days: (to - from) / DAY };
  const drive = driveWith('past', prepareUploads(months, false), months);
  say('past: filling the archive');
  await runEverything(drive);
  const made: { readonly mode: string; readonly engine: EngineName; readonly months: readonly MonthMade[] }[] = [];
  for (const engine of engines)
    for (const mode of ['all', 'rebuild']) {
      const { stdout, seconds } = await makePast(mode, engine, drive, freshFolder('past-work'));
      made.push({ mode, engine, months: JSON.parse(stdout) as MonthMade[] });
      say(`past: ${mode}, ${engine}, ${seconds.toFixed(1)} s`);
    }
  return made;
}

/** Cold starts of each action, the action with the slowest median first. */
export async function measureColdStart(bench: Bench, node24: string) {
  const actions: { readonly action: string; readonly seconds: readonly number[] }[] = [];
  for (const action of actionNames()) {
    const seconds: number[] = [];
    for (let i = 0; i < 7; i++) seconds.push(await coldStart(action, node24));
    actions.push({ action, seconds });
    bench.say(`cold start: ${action} ${Math.round(median(seconds) * 1000)} ms`);
  }
  return actions.sort((a, b) => median(b.seconds) - median(a.seconds));
}
