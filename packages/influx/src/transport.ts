import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { HttpError, InfluxDB, type Transport } from '@influxdata/influxdb-client';
import { refused } from './failures';

/**
 * A way to one server. Only the transport of the vendor's client is used: its write API resolves while batches are still
 * on their way or thrown away, and its query API takes an error table for rows.
 */
export interface Connection {
  readonly url: string;
  /** Name of the organisation. */
  readonly org: string;
  readonly token: string;
  readonly transport: Transport;
  /** One line of progress, while an answer is waited for. */
  readonly say?: ((line: string) => void) | undefined;
  /** Why our own server is gone, once it is. */
  readonly gone?: () => Error | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Text, bytes as they are, or something to be written as JSON. */
  readonly body?: unknown;
  /** Milliseconds until the whole reply must be there; default two minutes. */
  readonly within?: number;
}

/** The server did not answer, or not to the end: whether it did what was asked is not known. */
export class ConnectionLost extends Error {}

const WITHIN = 120_000;
const CONNECTIONS = 8;
/** Bytes. What is asked for whole is a list of buckets at most; results of queries come as a stream. */
const LONGEST_REPLY = 16 << 20;
/** Bytes, before they are unpacked. */
const LONGEST_REFUSAL = 64 << 10;

export function openConnection({
  url,
  org,
  token,
  say,
}: Pick<Connection, 'url' | 'org' | 'token' | 'say'>): Connection {
  const agent = new (url.startsWith('https:') ? https : http).Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const { noDeprecation = false } = process;
  // The client reads the address with url.parse, about which Node 24 would warn in every log.
  process.noDeprecation = true;
  try {
    // The client's place for another way to send a request; it follows no redirects by this.
    const sending = { http: { request: bounded(http.request) }, https: { request: bounded(https.request) } };
    const transportOptions = { agent, 'follow-redirects': sending };
    const client = new InfluxDB({ url, token, timeout: WITHIN, transportOptions });
    return { url, org, token, transport: client.transport, say };
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

type Send = (options: RequestOptions, answered: (response: IncomingMessage) => void) => ClientRequest;

/** The client keeps the whole text of a refusal in memory, however long it is: one that does not end is cut off here. */
function bounded(send: Send): Send {
  return (options, answered) =>
    send(options, (response) => {
      if ((response.statusCode ?? 0) >= 300) cutOff(response);
      answered(response);
    });
}

/** Counts what is read without reading it: the client looks at the response later, and must find all of it. */
function cutOff(response: IncomingMessage): void {
  const emit = response.emit.bind(response) as (event: string | symbol, ...rest: unknown[]) => boolean;
  let bytes = 0;
  response.emit = (event: string | symbol, ...rest: unknown[]) => {
    if (event === 'data') bytes += (rest[0] as Buffer).length;
    if (event !== 'data' || bytes <= LONGEST_REFUSAL) return emit(event, ...rest);
    if (response.destroyed) return false;
    // Destroyed with an error, it would first be reported as aborted, without a reason.
    emit('error', new Error(`a refusal of more than ${LONGEST_REFUSAL} bytes`));
    response.destroy();
    return false;
  };
}

/** Asks, and gives whatever was answered. @throws ConnectionLost; Failure if the answer does not end */
export function ask({ transport, url }: Connection, { method, path, body, within = WITHIN }: Request): Promise<Reply> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let started: Pick<Reply, 'status' | 'headers'> = { status: 0, headers: {} };
    const fail = (error: Error) => {
      clearTimeout(timer);
      // The transport reports an idle socket and leaves it open.
      abort.abort();
      reject(new ConnectionLost(`${method} ${pathOnly(path)}`, { cause: error }));
    };
    const timer = setTimeout(() => fail(new Error(`no reply within ${within / 1000} s`)), within);
    transport.send(
      path,
      payload(body),
      { method, signal: abort.signal },
      {
        responseStarted: (headers, status = 0) => {
          started = { status, headers };
        },
        next: (chunk: Uint8Array) => {
          bytes += chunk.length;
          if (bytes <= LONGEST_REPLY) return void chunks.push(chunk);
          chunks.length = 0;
          clearTimeout(timer);
          reject(refused({ url }, `${method} ${pathOnly(path)}`, `a reply of more than ${LONGEST_REPLY} bytes`));
          abort.abort();
        },
        complete: () => {
          clearTimeout(timer);
          resolve({ ...started, body: Buffer.concat(chunks).toString('utf8') });
        },
        error: (error) => {
          if (!(error instanceof HttpError)) return fail(error);
          clearTimeout(timer);
          resolve({ status: error.statusCode, headers: started.headers, body: error.body ?? '' });
        },
      },
    );
  });
}

/**
 * Asks for a stream.
 * @param silence milliseconds without a byte after which the connection counts as lost
 * @throws ConnectionLost, also when the stream ends before its end; HttpError before the first byte
 */
export async function* stream(
  { transport }: Connection,
  path: string,
  body: unknown,
  silence: number,
): AsyncGenerator<Uint8Array> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), silence);
  try {
    for await (const chunk of transport.iterate(path, payload(body), { method: 'POST', signal: abort.signal })) {
      timer.refresh();
      yield chunk;
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new ConnectionLost(`POST ${pathOnly(path)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The transport makes a Buffer of what it gets, so bytes may be given although its type says text. */
function payload(body: unknown): string {
  if (body === undefined) return '';
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body as string;
  return JSON.stringify(body);
}

const pathOnly = (path: string) => path.replace(/\?.*/, '');
