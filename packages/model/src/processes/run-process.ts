import { type ChildProcess, spawn } from 'node:child_process';
import { tellsRefusal } from '../findings/child-failure';
import { childEnvironment } from '../secrets/child-environment';

/** A program to run without a shell. */
export interface Order {
  readonly program: string;
  readonly args: readonly string[];
  /** The folder it works in; ours by default. */
  readonly folder?: string;
  /** What its environment has besides what every program gets. */
  readonly given?: Readonly<Record<string, string>>;
  /** Names of further variables of ours, as childEnvironment takes them. */
  readonly names?: readonly string[];
  /** Its standard input, which is empty by default. */
  readonly input?: string;
  /** Milliseconds in which it has to end. */
  readonly deadline: number;
  /** Milliseconds in which something has to come on its standard output, again and again; as long as `deadline` by default. */
  readonly silence?: number;
}

/** Why we ended a program. */
export interface Cut {
  /** The limit that it exceeded. */
  readonly limit: 'deadline' | 'silence' | 'output';
  /** Such as `5 minutes`. */
  readonly most: string;
  /** Such as `did not end within 5 minutes`. */
  readonly why: string;
}

/** How a program ended, and what it said. */
export interface Ended {
  /** Its exit code; null if a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** Its last 1 MiB. */
  readonly stderr: string;
  /** Why we ended it, if we did. */
  readonly cut?: Cut;
}

/** A program that was refused memory may wait for its dead thread forever. */
const AFTER_REFUSAL_MS = 60_000;
const TO_TIDY_UP_MS = 5_000;
const MOST_OUTPUT = 256 << 20;
const MOST_SAID = 1 << 20;
const BEYOND = { deadline: 'did not end within', silence: 'printed nothing for', output: 'printed more than' } as const;

/**
 * Runs a program to its end, which comes at its deadline at the latest: then it is ended with every process of its group.
 * The same happens if we end before it does.
 * @throws what the system refused its start with
 */
export function runProcess(order: Order): Promise<Ended> {
  const { program, args, folder, given, names, input, deadline, silence } = order;
  return new Promise((settle, reject) => {
    const child = spawn(program, args, {
      ...(folder === undefined ? {} : { cwd: folder }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32', // a group of its own
      env: childEnvironment(given, names),
    });
    const forget = endWithUs(child);
    const timers: NodeJS.Timeout[] = [];
    let cut: Cut | undefined;
    const end = (limit: Cut['limit'], most: string) => {
      if (cut !== undefined) return;
      cut = { limit, most, why: `${BEYOND[limit]} ${most}` };
      endGroup(child, 'SIGTERM');
      timers.push(setTimeout(() => abandon(child), TO_TIDY_UP_MS));
    };
    timers.push(setTimeout(() => end('deadline', timeText(deadline)), deadline));
    const quiet = silence === undefined ? undefined : setTimeout(() => end('silence', timeText(silence)), silence);
    if (quiet !== undefined) timers.push(quiet);

    const out: Buffer[] = [];
    let received = 0;
    let said = Buffer.alloc(0);
    let refused = false;
    // One that the system has no room to start has no streams.
    child.stdout?.on('data', (chunk: Buffer) => {
      quiet?.refresh();
      received += chunk.length;
      if (received <= MOST_OUTPUT) out.push(chunk);
      else end('output', `${MOST_OUTPUT >> 20} MiB`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]).subarray(-MOST_SAID);
      if (refused || !tellsRefusal(chunk.toString('utf8'))) return;
      refused = true;
      timers.push(setTimeout(() => endGroup(child, 'SIGKILL'), AFTER_REFUSAL_MS));
    });
    const settled = () => {
      forget();
      for (const timer of timers) clearTimeout(timer);
    };
    child.on('error', (cause) => {
      settled();
      reject(cause);
    });
    child.on('close', (exit, signal) => {
      settled();
      const stdout = Buffer.concat(out);
      settle({ exit, signal, stdout, stderr: said.toString('utf8'), ...(cut === undefined ? {} : { cut }) });
    });
    // A program that ends before it reads says why by its exit code and its output.
    child.stdin?.on('error', () => {}).end(input);
  });
}

function timeText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** Do not wait for processes that left the group and keep the streams open either. */
function abandon(child: ChildProcess): void {
  endGroup(child, 'SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<ChildProcess>();

/** A group of its own gets no signal of the terminal: ends it when we end. Gives what forgets it. */
function endWithUs(child: ChildProcess): () => void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of SIGNALS) process.on(signal, endAllAndUs);
  }
  running.add(child);
  return () => {
    if (!running.delete(child) || running.size > 0) return;
    stopListening();
  };
}

function stopListening(): void {
  process.off('exit', endAll);
  for (const signal of SIGNALS) process.off(signal, endAllAndUs);
}

function endAll(): void {
  for (const child of running) endGroup(child, 'SIGTERM');
}

function endAllAndUs(signal: NodeJS.Signals): void {
  endAll();
  stopListening();
  // Somebody else who listens ends us when what they have to do is done.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
