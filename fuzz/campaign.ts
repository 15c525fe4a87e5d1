import { Worker } from 'node:worker_threads';
import type { Judged, Order } from './worker';

/** A case that is not as it must be. */
export interface Failing {
  readonly number: number;
  readonly faults: readonly string[];
  readonly changes: readonly string[];
}

export interface Tally {
  cases: number;
  accepted: number;
  refused: number;
  /** Rows of accepted exports. */
  landed: number;
  quarantined: number;
  failing: Failing[];
}

/** How a campaign ends: after so many cases, or when the time is up. */
export interface Bounds {
  readonly cases: number;
  /** Milliseconds. */
  readonly time: number;
  /** Milliseconds of processor time that one case may take, however busy the machine is; what takes longer hangs. */
  readonly deadline: number;
  /** Milliseconds by the clock that one case may take: what waits for something that never comes uses no processor. */
  readonly patience: number;
}

/**
 * Judges cases from number `from` on, in a thread that is ended when one hangs; the next goes on behind it.
 * @param worker the thread's program: it is given an Order and says a Judged after each case
 * @param progress is called about every two seconds
 */
export async function campaign(
  worker: URL,
  { seed, from }: Pick<Order, 'seed' | 'from'>,
  { cases, time, deadline, patience }: Bounds,
  progress: (tally: Tally) => void = () => {},
): Promise<Tally> {
  const tally: Tally = { cases: 0, accepted: 0, refused: 0, landed: 0, quarantined: 0, failing: [] };
  const ends = performance.now() + time;
  const before = from + cases;
  let told = performance.now();
  let next = from;
  while (next < before && performance.now() < ends) {
    const stopped = await watch(worker, { seed, from: next, before }, { ends, deadline, patience }, (judged) => {
      next = judged.number + 1;
      count(tally, judged);
      if (performance.now() - told < 2000) return;
      told = performance.now();
      progress(tally);
    });
    if (stopped === undefined || performance.now() >= ends) continue;
    tally.cases++;
    tally.failing.push({ number: next++, faults: [stopped], changes: [] });
  }
  return tally;
}

function count(tally: Tally, { number, changes, judgement }: Judged): void {
  tally.cases++;
  if (judgement.verdict === 'accepted') tally.accepted++;
  if (judgement.verdict === 'refused') tally.refused++;
  tally.landed += judgement.landed;
  if (judgement.verdict === 'accepted') tally.quarantined += judgement.quarantined;
  if (judgement.faults.length > 0) tally.failing.push({ number, faults: judgement.faults, changes });
}

/** Milliseconds for the start of a thread, which may have a warehouse to make. */
const START = 10_000;

/** Milliseconds of processor time that this process used: beside the one thread that is judged, it only waits. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Listens to one thread until it is through, the time is up, or it is silent for too long; says what went wrong. */
function watch(
  program: URL,
  order: Order,
  { ends, deadline, patience }: Pick<Bounds, 'deadline' | 'patience'> & { readonly ends: number },
  hear: (judged: Judged) => void,
): Promise<string | undefined> {
  return new Promise((settle) => {
    const thread = new Worker(program, { workerData: order });
    // The first case waits for the thread's start as well.
    let cpuSince = cpuTime() + START;
    let silentSince = performance.now() + START;
    const timer = setInterval(() => {
      const now = performance.now();
      if (cpuTime() - cpuSince >= deadline) stop(`hang: no end after ${deadline / 1000} s of CPU`);
      else if (now - silentSince >= patience) stop(`hang: no end after ${patience / 1000} s`);
      else if (now >= ends) stop(undefined);
    }, 50);
    const stop = (words: string | undefined) => {
      clearInterval(timer);
      thread.removeAllListeners();
      thread.terminate().then(() => settle(words));
    };
    thread.on('message', (judged: Judged) => {
      cpuSince = cpuTime();
      silentSince = performance.now();
      hear(judged);
    });
    thread.on('error', (error) => stop(`crash: ${error.stack ?? error.message}`));
    thread.on('exit', (code) => stop(code === 0 ? undefined : `crash: the thread ended with ${code}`));
  });
}
