import { setTimeout as sleep } from 'node:timers/promises';
import { causeChain } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { isTemporary, retryAfter } from '@sensor-warehouse/model/http-retry';
import { bucketGone, reasonOf, refused, tokenRefused, unreachable } from './failures';
import { ask, type Connection, ConnectionLost, type Reply, type Request } from './transport';

/** How long a request is retried. */
export interface Patience {
  /** Milliseconds from the first attempt to the end of the last one. */
  readonly deadline: number;
  /** Milliseconds before the second attempt; doubled each time, up to `most`. */
  readonly first: number;
  readonly most: number;
}

export const PATIENCE: Patience = { deadline: 120_000, first: 200, most: 10_000 };

/** An attempt that may succeed later. */
export class Again extends Error {
  /** Seconds that the server asked for, if it did (RFC 9110: a number of seconds, or a date). */
  readonly after: number | undefined;

  constructor(what: string, after?: number, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.after = after;
  }
}

/**
 * Tries until it works or the deadline would pass. The request must be safe to repeat: after a lost reply, nobody knows
 * whether the server carried it out.
 * @throws Failure (remote-temporary) at the deadline; whatever else the attempt throws, at once
 */
export async function persist<T>(
  connection: Pick<Connection, 'url' | 'say' | 'gone'>,
  what: string,
  patience: Patience,
  attempt: (millisecondsLeft: number) => Promise<T>,
): Promise<T> {
  const end = performance.now() + patience.deadline;
  const waiting: Waiting = { what, end, tries: 0, last: 'no answer yet' };
  const silence = tellOf(connection, waiting);
  try {
    for (let wait = patience.first; ; wait = Math.min(wait * 2, patience.most)) {
      try {
        waiting.tries++;
        return await attempt(Math.max(1, end - performance.now()));
      } catch (error) {
        if (!(error instanceof Again || error instanceof ConnectionLost)) throw error;
        const gone = connection.gone?.();
        if (gone !== undefined) throw gone;
        waiting.last = causeChain(error);
        const asked = error instanceof Again && error.after !== undefined ? error.after * 1000 : 0;
        const pause = Math.max(asked, wait);
        // Waiting for what cannot be waited for is useless.
        if (performance.now() + pause >= end) throw unreachable(connection, what, error);
        await sleep(pause);
      }
    }
  } finally {
    silence();
  }
}

/** What is waited for. */
interface Waiting {
  readonly what: string;
  /** When it is given up, on the clock of `performance`. */
  readonly end: number;
  tries: number;
  last: string;
}

/** A server that answers at once is not talked about; one that is gone takes minutes to be given up. */
const TELL_AFTER = 5_000;
const TELL_EVERY = 15_000;

/** Reports now and then what it is waiting for. Returns a function that stops the reports. */
function tellOf({ url, say }: Pick<Connection, 'url' | 'say'>, waiting: Waiting): () => void {
  if (say === undefined) return () => undefined;
  const tell = () => {
    const { what, end, tries, last } = waiting;
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    say(
      `influx-aggregate: ${what} at ${printable(url)}, try ${tries}: ${printable(last)}; retrying for up to ${left} s`,
    );
    timer = setTimeout(tell, TELL_EVERY);
  };
  let timer = setTimeout(tell, TELL_AFTER);
  return () => clearTimeout(timer);
}

/** @throws Again for a temporary refusal */
export function requireLasting(reply: Reply): void {
  if (isTemporary(reply.status)) throw new Again(reasonOf(reply), retryAfter(reply.headers['retry-after']));
}

/**
 * Asks until an answer comes that will stay the same, and gives it if its status is one of those wanted.
 * @throws Failure
 */
export async function request(
  connection: Connection,
  what: string,
  wanted: readonly number[],
  { within = Number.POSITIVE_INFINITY, ...asked }: Request,
  patience: Patience,
): Promise<Reply> {
  const reply = await persist(connection, what, patience, async (left) => {
    const answer = await ask(connection, { ...asked, within: Math.min(left, within) });
    requireLasting(answer);
    return answer;
  });
  if (wanted.includes(reply.status)) return reply;
  throw failureOfReply(connection, what, reply);
}

/** The failure of a lasting refusal that is not about points. */
export function failureOfReply(connection: Connection, what: string, reply: Reply): Error {
  if (reply.status === 401 || reply.status === 403) return tokenRefused(connection, what, reply);
  if (reply.status === 404 && /bucket/.test(reply.body)) return bucketGone(connection, what, reply);
  return refused(connection, what, reasonOf(reply));
}

/**
 * @param holds whether the answer has the members that are read
 * @throws Failure if a reply whose status is right is not from InfluxDB, such as a page of a proxy
 */
export function jsonOf<T>(
  connection: Pick<Connection, 'url'>,
  what: string,
  reply: Reply,
  holds: (answer: Partial<T>) => boolean,
): T {
  try {
    const answer: unknown = JSON.parse(reply.body);
    if (isObject(answer) && holds(answer as Partial<T>)) return answer as T;
  } catch {
    // No JSON: reported like every other answer that is not from InfluxDB.
  }
  throw refused(connection, what, `${reasonOf(reply)}, which is not what InfluxDB answers`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether every entry of a list that may be left out is an object with a text for each of these names. */
export function isListOf(list: unknown, ...names: readonly string[]): boolean {
  if (list === undefined) return true;
  return (
    Array.isArray(list) &&
    list.every((entry) => isObject(entry) && names.every((name) => typeof entry[name] === 'string'))
  );
}
