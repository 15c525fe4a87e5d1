import { Readable } from 'node:stream';
import { HttpClient, type HttpClientResponse } from '@actions/http-client';
import { BearerCredentialHandler } from '@actions/http-client/lib/auth';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { mask } from './masks';

/** Keeps bytes between runs under a key. Nothing vouches for the bytes it returns: the caller must check them. */
export interface ActionsCache {
  /** @throws Error if the entry cannot be read */
  restore(key: string): Promise<Buffer | undefined>;
  /** @throws Error if the cache does not take it */
  save(key: string, bytes: Buffer): Promise<void>;
}

const SERVICE = 'github.actions.results.api.v1.CacheService';
/** Entries of one key and another version do not meet. */
const VERSION = sha256OfBytes('one file of wheels');
const LARGEST_ENTRY = 512 << 20;
const SILENCE_MS = 60_000;

/**
 * The Actions cache of github.com; undefined on a runner that has none. GitHub's own client is not used: it unpacks an
 * entry with `tar -P`, which writes wherever the entry says, before anybody can look at it.
 * Source: actions/toolkit, packages/cache (cacheTwirpClient.ts, config.ts, tar.ts).
 */
export function openActionsCache(): ActionsCache | undefined {
  const { ACTIONS_RESULTS_URL: service, ACTIONS_RUNTIME_TOKEN: token, ACTIONS_CACHE_SERVICE_V2: v2 } = process.env;
  if (!service || !token || !v2) return undefined;
  const mode = (process.env.ACTIONS_CACHE_MODE ?? '').trim().toLowerCase();
  const ask = (method: string, question: object) =>
    askService(new URL(`twirp/${SERVICE}/${method}`, service), token, question);
  return {
    restore: async (key) => {
      if (mode === 'none' || mode === 'write-only') return undefined;
      const answer = await ask('GetCacheEntryDownloadURL', { key, restore_keys: [], version: VERSION });
      // Another key than the one that was asked for would be another environment.
      if (answer.ok !== true || answer.matched_key !== key) return undefined;
      return download(signedUrl(answer.signed_download_url));
    },
    save: async (key, bytes) => {
      if (mode === 'none' || mode === 'read') throw new Error(`cache-mode is ${mode}`);
      const answer = await ask('CreateCacheEntry', { key, version: VERSION });
      if (answer.ok !== true) throw new Error(quoted(String(answer.message ?? 'the entry was refused')));
      await upload(signedUrl(answer.signed_upload_url), bytes);
      const size_bytes = String(bytes.length);
      const { ok } = await ask('FinalizeCacheEntryUpload', { key, size_bytes, version: VERSION });
      if (ok !== true) throw new Error('the entry was not completed');
    },
  };
}

/** One question to the service: JSON over Twirp. */
async function askService(url: URL, token: string, question: object): Promise<Readonly<Record<string, unknown>>> {
  const client = new HttpClient('sensor-warehouse', [new BearerCredentialHandler(token)], {
    socketTimeout: SILENCE_MS,
  });
  const response = await client.post(url.href, JSON.stringify(question), { 'content-type': 'application/json' });
  const body = await bytesOf(response, 1 << 20);
  if (response.message.statusCode !== 200) throw new Error(`the service answered ${response.message.statusCode}`);
  const answer: unknown = JSON.parse(body.toString('utf8'));
  if (typeof answer !== 'object' || answer === null) throw new Error('the service did not answer with JSON');
  return answer as Record<string, unknown>;
}

/** The address of the storage. Whoever knows it may read or write the entry, so its signature is masked. */
function signedUrl(url: unknown): string {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('the service gave no address of the storage');
  const signature = new URL(url).searchParams.get('sig');
  if (signature) mask(signature);
  return url;
}

async function download(url: string): Promise<Buffer> {
  const response = await storage().get(url);
  if (response.message.statusCode !== 200) throw new Error(`the storage answered ${response.message.statusCode}`);
  return bytesOf(response, LARGEST_ENTRY);
}

async function upload(url: string, bytes: Buffer): Promise<void> {
  // Azure's «Put Blob»: one request carries up to 5000 MiB.
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-length': String(bytes.length) };
  const response = await storage().sendStream('PUT', url, Readable.from([bytes]), headers);
  response.message.resume();
  if (response.message.statusCode !== 201) throw new Error(`the storage answered ${response.message.statusCode}`);
}

const storage = () => new HttpClient('sensor-warehouse', [], { socketTimeout: SILENCE_MS });

/** The whole body, if it is not longer than `most` bytes. */
async function bytesOf({ message }: HttpClientResponse, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new Error(`the answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
