import { causeChain, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Connection, Reply } from './transport';

const STAGE = 'influx-aggregate';

/** The server's message on one line; it is JSON, or plain text from a proxy. */
export function reasonOf({ status, body }: Reply): string {
  let text = body;
  try {
    text = String((JSON.parse(body) as { message?: unknown }).message ?? body);
  } catch {
    // No JSON: the text itself.
  }
  return printable(`status ${status}${text.trim() === '' ? '' : `: ${text.trim()}`}`);
}

/** Nothing helped until the deadline. */
export function unreachable({ url }: Pick<Connection, 'url'>, what: string, last: unknown): Failure {
  return new Failure({
    stage: STAGE,
    what: `${what}: InfluxDB did not finish in time`,
    where: printable(url),
    found: printable(typeof last === 'string' ? last : causeChain(last)),
    expected: 'an answer',
    fix: 'run it again; if it happens again, check whether the server runs and has free space',
    class: 'remote-temporary',
    code: 'influx-unreachable',
    ...(typeof last === 'string' ? {} : { cause: last }),
  });
}

/** 401 and 403: the token is invalid, or may not do this. */
export function tokenRefused({ url }: Pick<Connection, 'url'>, what: string, reply: Reply): Failure {
  return new Failure({
    stage: STAGE,
    what: `${what}: InfluxDB refuses the token`,
    where: printable(url),
    found: reasonOf(reply),
    expected: 'a token that may read and write the buckets of the organisation, create and drop them',
    fix: 'correct influx-token (on the command line INFLUX_TOKEN)',
    class: 'config',
    code: 'influx-token',
  });
}

export function unknownOrganisation({ url, org }: Pick<Connection, 'url' | 'org'>, found: string): Failure {
  return new Failure({
    stage: STAGE,
    what: `the token gives no access to the organisation ${printable(org)}`,
    where: printable(url),
    found,
    expected: 'the name of the organisation that the token belongs to',
    fix: 'correct influx-org, or use a token of that organisation',
    class: 'config',
    code: 'influx-org',
  });
}

/** Somebody dropped the bucket that we write or read. */
export function bucketGone({ url }: Pick<Connection, 'url'>, what: string, reply: Reply): Failure {
  return new Failure({
    stage: STAGE,
    what: `${what}: the bucket no longer exists`,
    where: printable(url),
    found: reasonOf(reply),
    expected: 'the bucket that this run created',
    fix: 'run it again; if it happens again, find out who drops buckets',
    class: 'remote-temporary',
    code: 'influx-bucket-gone',
  });
}

/** The server will never take this, however often it is sent. */
export function writeRefused({ url }: Pick<Connection, 'url'>, what: string, reply: Reply, points: number): Failure {
  const dropped = /dropped=(\d+)/.exec(reply.body)?.[1];
  return new Failure({
    stage: STAGE,
    what: `${what}: InfluxDB refused ${dropped ?? 'some or all'} of ${points} points`,
    where: printable(url),
    found: reasonOf(reply),
    expected: 'all of them stored (status 204)',
    fix:
      reply.status === 413
        ? 'let the proxy before the server accept bodies of 2 MiB, or use the engine embedded'
        : 'check whether something else writes into this bucket, or its retention is too short; otherwise use the engine embedded',
    class: 'remote-permanent',
    code: 'influx-write-refused',
  });
}

/** A request that the server does not take, or an error within a result. */
export function refused({ url }: Pick<Connection, 'url'>, what: string, found: string): Failure {
  return new Failure({
    stage: STAGE,
    what: `${what}: InfluxDB refused`,
    where: printable(url),
    found,
    expected: 'success',
    fix: 'see the log of the server; meanwhile use the engine embedded',
    class: 'remote-permanent',
    code: 'influx-refused',
  });
}

/** The server stores or returns other points than it was sent. */
export function countDiffers({ url }: Pick<Connection, 'url'>, what: string, found: string, expected: string): Failure {
  return new Failure({
    stage: STAGE,
    what,
    where: printable(url),
    found,
    expected,
    fix: 'run it again; if it happens again, something else writes into the bucket or the server loses points',
    class: 'remote-temporary',
    code: 'influx-count',
  });
}
