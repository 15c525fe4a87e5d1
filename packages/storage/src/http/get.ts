import { lookup } from 'node:dns';
import { type IncomingHttpHeaders, type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTemporary, retryAfter } from '@sensor-warehouse/model/http-retry';
import { isLoopback, isPublicAddress } from './public-address';

/** Limits of time and size. */
export interface HttpLimits {
  /** Milliseconds for all attempts together. */
  readonly deadline: number;
  /** Milliseconds without a byte. */
  readonly idle: number;
  readonly mostBytes: number;
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly pause: number;
  /** The most milliseconds that a server may ask to wait. */
  readonly longestPause: number;
  /** Milliseconds and bytes for all pages of one answer, which are held in memory until the last is there. */
  readonly pagesDeadline: number;
  readonly pagesBytes: number;
}

export const LIMITS: HttpLimits = {
  deadline: 120_000,
  idle: 20_000,
  // What is read as one document has no more.
  mostBytes: 16 << 20,
  attempts: 4,
  pause: 1000,
  longestPause: 60_000,
  pagesDeadline: 600_000,
  pagesBytes: 128 << 20,
};

export interface Get {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts of the address that no other host may get. */
  readonly secrets: readonly string[];
  readonly limits: HttpLimits;
  /** Whether this machine itself may answer. */
  readonly loopback: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why there is no answer. Its text holds no part of the URL: that may have a secret in it. */
export class NoAnswer extends Error {
  readonly code: NoAnswerCode;
  readonly found: string;

  constructor({ code, found }: { readonly code: NoAnswerCode; readonly found: string }) {
    super(found);
    this.code = code;
    this.found = found;
  }
}

type NoAnswerCode =
  | 'address-refused'
  | 'header-refused'
  | 'certificate-refused'
  | 'redirect-refused'
  | 'answer-too-large'
  | 'answer-encoded'
  | 'api-unreachable';

const MOST_REDIRECTS = 5;
const IS_REDIRECT = [301, 302, 303, 307, 308];
const OPEN_HEADERS = ['accept', 'user-agent'];

/**
 * GET over HTTPS. Temporary failures are retried: a lost connection, 408, 429, 5xx, after as long as the server says.
 * Redirects are followed only over HTTPS, and to another host without credentials. Connects only to public addresses,
 * and exactly to the checked one.
 * @throws NoAnswer
 */
export async function get(order: Get): Promise<Answer> {
  const end = performance.now() + order.limits.deadline;
  for (let attempt = 1, wait = order.limits.pause; ; attempt++, wait *= 2) {
    let pause = wait;
    let failure: NoAnswer;
    try {
      const answer = await follow(order, end);
      if (!isTemporary(answer.status)) return answer;
      pause = Math.max(wait, 1000 * (retryAfter(answer.headers['retry-after']) ?? 0));
      failure = new NoAnswer({ code: 'api-unreachable', found: `status ${answer.status}` });
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.code !== 'api-unreachable') throw error;
      failure = error;
    }
    const isLast = attempt >= order.limits.attempts;
    if (isLast || pause > order.limits.longestPause || performance.now() + pause >= end)
      throw new NoAnswer({
        code: 'api-unreachable',
        found: `${failure.found}, asked ${attempt} ${attempt === 1 ? 'time' : 'times'}`,
      });
    await sleep(pause);
  }
}

async function follow(order: Get, end: number): Promise<Answer> {
  let { url, headers } = order;
  for (let redirects = 0; ; redirects++) {
    const answer = await ask({ ...order, url, headers }, end);
    const { location } = answer.headers;
    if (!IS_REDIRECT.includes(answer.status) || location === undefined) return answer;
    if (redirects >= MOST_REDIRECTS)
      throw new NoAnswer({ code: 'redirect-refused', found: `more than ${MOST_REDIRECTS} redirects` });
    if (!URL.canParse(location, url.href))
      throw new NoAnswer({ code: 'redirect-refused', found: 'a redirect to an invalid address' });
    const next = new URL(location, url);
    if (next.protocol !== 'https:')
      throw new NoAnswer({ code: 'redirect-refused', found: `a redirect to ${next.protocol}` });
    if (next.host !== order.url.host && order.secrets.some((secret) => holds(next, secret)))
      throw new NoAnswer({ code: 'redirect-refused', found: 'a redirect that would send a secret to another host' });
    if (next.host !== url.host)
      headers = Object.fromEntries(
        Object.entries(headers).filter(([name]) => OPEN_HEADERS.includes(name.toLowerCase())),
      );
    url = next;
  }
}

function holds({ href, searchParams }: URL, secret: string): boolean {
  return [...searchParams.values(), href].some((text) =>
    [secret, encodeURIComponent(secret)].some((one) => text.includes(one)),
  );
}

function ask({ url, headers, limits, loopback }: Get, end: number): Promise<Answer> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const allowed = (address: string) => isPublicAddress(address) || (loopback && isLoopback(address));
  if (url.protocol !== 'https:')
    return Promise.reject(new NoAnswer({ code: 'address-refused', found: `${url.protocol} instead of https` }));
  if (url.username !== '' || url.password !== '')
    return Promise.reject(new NoAnswer({ code: 'address-refused', found: 'a user name in the address' }));
  if (isIP(host) !== 0 && !allowed(host))
    return Promise.reject(new NoAnswer({ code: 'address-refused', found: 'an address that is not public' }));
  const unfit = Object.entries(headers).find(([name, value]) => !isHeader(name, value));
  if (unfit !== undefined)
    return Promise.reject(
      new NoAnswer({ code: 'header-refused', found: `${unfit[0]} with a character that headers must not have` }),
    );
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      sent.destroy();
      reject(error instanceof NoAnswer ? error : lostConnection(error));
    };
    const sent = request(
      url,
      {
        method: 'GET',
        headers: { 'user-agent': 'sensor-warehouse', accept: 'application/json', ...headers },
        lookup: guarded(allowed),
        // A connection of its own: no other request's address is taken over.
        agent: false,
        timeout: limits.idle,
      },
      (reply) => {
        receive(reply, limits).then(resolve, fail);
      },
    );
    const overall = setTimeout(
      () => fail(new NoAnswer({ code: 'api-unreachable', found: 'no complete answer before the deadline' })),
      Math.max(1, end - performance.now()),
    );
    sent.on('timeout', () => fail(new NoAnswer({ code: 'api-unreachable', found: `nothing for ${limits.idle} ms` })));
    sent.on('error', fail);
    sent.on('close', () => clearTimeout(overall));
    sent.end();
  });
}

async function receive(reply: IncomingMessage, { mostBytes }: HttpLimits): Promise<Answer> {
  const encoding = reply.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new NoAnswer({ code: 'answer-encoded', found: `an answer encoded as ${encoding.slice(0, 20)}` });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of reply) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new NoAnswer({ code: 'answer-too-large', found: `more than ${mostBytes} bytes` });
    parts.push(part as Buffer);
  }
  if (!reply.complete) throw new NoAnswer({ code: 'api-unreachable', found: 'an answer that was cut off' });
  return { status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(parts) };
}

/** Looks a name up and refuses it if any of its addresses is refused; the connection is made to what was looked at. */
function guarded(allowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const list = addresses as unknown as readonly { readonly address: string; readonly family: number }[];
      if (list.length === 0 || !list.every(({ address }) => allowed(address)))
        return done(
          new NoAnswer({ code: 'address-refused', found: 'a host name whose address is not public' }) as never,
          '',
          0,
        );
      if (options.all === true) return done(null, list as never);
      return done(null, list[0]!.address, list[0]!.family);
    });
  };
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Node's codes say what happened; its messages may hold the address. */
function lostConnection(error: unknown): NoAnswer {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return new NoAnswer({ code: 'api-unreachable', found: 'a broken connection' });
  // Somebody else may be answering: that does not pass, and the headers with the secrets were not sent.
  const isCertificate = /CERT|LEAF_SIGNATURE/.test(code);
  return new NoAnswer({ code: isCertificate ? 'certificate-refused' : 'api-unreachable', found: code });
}
