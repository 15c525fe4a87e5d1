import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerAddress } from '@sensor-warehouse/influx/connect';
import type { Patience } from '@sensor-warehouse/influx/patience';
import { EMBEDDED, type MonthOfReadings } from '@sensor-warehouse/warehouse/engines/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { expect } from 'vitest';
import { failureOf } from '../../packages/model/test/support/failure-of';

/** What the way to the server does with one request. Undefined: nothing, it lets it pass. */
export type Disturbance = (asked: Asked) => Promise<Treatment | undefined> | Treatment | undefined;

export interface Asked {
  /** Such as `POST /api/v2/write`. */
  readonly what: string;
  /** The value of `bucket` in the address; of a write. */
  readonly bucket: string;
  /** How many requests of this kind came before. */
  readonly before: number;
}

export type Treatment =
  /** Answered by the way itself; the server never hears of it. */
  | { readonly answer: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection ends without a reply, before or after the server did what was asked. */
  | { readonly lose: 'request' | 'reply' }
  /** The reply ends in its middle: with the connection, or as if that were its end. */
  | { readonly cut: 'connection' | 'body' }
  /** Something more follows the reply's last byte. */
  | { readonly append: string }
  /** The reply comes this many milliseconds later. */
  | { readonly late: number }
  /** No reply ever comes. */
  | { readonly silent: true };

/** A way to a server that loses, cuts, delays and answers as the test says; everything else passes. */
export interface Way {
  readonly url: string;
  close(): Promise<void>;
}

export async function openWay(to: string, disturb: Disturbance): Promise<Way> {
  const seen = new Map<string, number>();
  const server = createServer(async (asking, answering) => {
    const { pathname, searchParams } = new URL(asking.url!, to);
    const what = `${asking.method} ${pathname}`;
    const before = seen.get(what) ?? 0;
    seen.set(what, before + 1);
    const body = await collect(asking);
    const treatment = await disturb({ what, before, bucket: searchParams.get('bucket') ?? '' });
    if (treatment === undefined) await pass(to, asking, body, answering);
    else await treat(treatment, to, asking, body, answering);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function treat(
  treatment: Treatment,
  to: string,
  asking: IncomingMessage,
  body: Buffer,
  answering: ServerResponse,
): Promise<void> {
  if ('silent' in treatment) return;
  if ('answer' in treatment) {
    answering.writeHead(treatment.answer, treatment.headers).end(treatment.body);
    return;
  }
  if ('lose' in treatment) {
    if (treatment.lose === 'reply') await forward(to, asking, body);
    asking.socket.destroy();
    return;
  }
  const { status, headers, body: reply } = await forward(to, asking, body);
  // Lengths are of the whole reply.
  const { 'content-length': _, 'transfer-encoding': __, ...others } = headers;
  if ('late' in treatment) {
    await new Promise((resolve) => setTimeout(resolve, treatment.late));
    answering.writeHead(status, others).end(reply);
  } else if ('append' in treatment) answering.writeHead(status, others).end(reply + treatment.append);
  else {
    const half = reply.subarray(0, reply.length >> 1);
    answering.writeHead(status, others);
    if (treatment.cut === 'body') answering.end(half);
    else answering.write(half, () => asking.socket.destroy());
  }
}

/** A server that is gone ends the connection, as it would without a way between. */
async function pass(to: string, asking: IncomingMessage, body: Buffer, answering: ServerResponse): Promise<void> {
  try {
    const reply = await forward(to, asking, body);
    answering.writeHead(reply.status, reply.headers).end(reply.body);
  } catch {
    asking.socket.destroy();
  }
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(to: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const { 'accept-encoding': _, ...others } = headers;
    const sent = request(new URL(url!, to), { method: method!, headers: others }, (reply) => {
      const whole = collect(reply).then((bytes) => ({
        status: reply.statusCode!,
        headers: reply.headers,
        body: bytes,
      }));
      whole.then(resolve, reject);
    });
    sent.on('error', reject).end(body);
  });
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const MINUTE = 60_000;
const KEYS = ['a', 'b', 'c', 'd'];

/** A month of four sensors by the minute: a few batches to write, and a result of many chunks. */
export const WINDOW: readonly MonthOfReadings[] = [madeMonth()];

function madeMonth(): MonthOfReadings {
  const rows = 31 * 24 * 60;
  const start = Date.parse('2024-10-01T00:00:00Z');
  const all = rows * KEYS.length;
  const readings = {
    time: Float64Array.from({ length: all }, (_, row) => start + (row % rows) * MINUTE),
    value: Float64Array.from({ length: all }, (_, row) => ((row * 7919) % 1009) / 10),
    sensor: new Int32Array(all),
    sensors: ['493D'],
    segments: KEYS.map((location, key) => ({
      location,
      source: 'Made',
      measurement: 'nonadditive' as const,
      dataKey: 'temp_indoor',
      start: key * rows,
      end: (key + 1) * rows,
    })),
  };
  return { month: '2024-10', readings, flags: new Int32Array(all) };
}

/** For what must succeed after all. */
export const PATIENT: Patience = { deadline: 30_000, first: 20, most: 300 };
/** For what cannot succeed; long enough for what comes before it on a busy machine. */
export const HASTY: Patience = { deadline: 4_000, first: 20, most: 100 };

/** The hours of WINDOW as one engine's server gives them. */
export async function hoursFrom(address: ServerAddress, patience: Patience = PATIENT) {
  const engine = await openInfluxEngine({ address, say: () => {}, patience });
  try {
    return await engine.hours('made', WINDOW);
  } finally {
    await engine.close();
  }
}

/** @throws unless these are the hours that the embedded engine gives */
export async function expectUndisturbed(hours: Promise<unknown>): Promise<void> {
  expect(await hours).toEqual(await EMBEDDED.hours('made', WINDOW));
}

/** The class and the code of the Failure that this ends with. */
export async function endOf(hours: Promise<unknown>): Promise<string> {
  const { details, message } = await failureOf(hours);
  return `${details.class} ${details.code}: ${message}`;
}
