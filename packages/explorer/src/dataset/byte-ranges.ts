import { DataProblem } from './data-problem';

/** A file that is read in pieces; the form in which hyparquet takes it. */
export interface ByteSource {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A file of so many bytes is read whole: its directory and a part of it would take longer than all of it. Days of a building are. */
const SMALL = 1 << 16;

/**
 * A file behind an address, read by range requests. Its length comes from `files.json`: some servers compress what they
 * send, and give the compressed length for a HEAD. What was read is kept, because series share pages of their columns. A server
 * that knows no ranges sends the whole file, which is then kept.
 * @throws DataProblem (network, absent), or (changed) if what comes is not of that length
 */
export function byteRanges(address: string, byteLength: number): ByteSource {
  let whole: Promise<ArrayBuffer> | undefined;
  const known = new Map<string, Promise<ArrayBuffer>>();
  const part = async (start: number, end: number): Promise<ArrayBuffer> => {
    const answer = await answerOf(address, { headers: { Range: `bytes=${start}-${end - 1}` } });
    if (answer.status === 206) {
      const total = /\/(\d+)$/.exec(answer.headers.get('Content-Range') ?? '')?.[1];
      if (total !== undefined && Number(total) !== byteLength) throw changed(address);
      return bytesOf(answer, end - start);
    }
    whole = bytesOf(answer, byteLength);
    return (await whole).slice(start, end);
  };
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (byteLength <= SMALL) whole ??= answerOf(address, {}).then((answer) => bytesOf(answer, byteLength));
      if (whole !== undefined) return (await whole).slice(start, end);
      const range = `${start}-${end}`;
      let asked = known.get(range);
      if (asked === undefined) {
        asked = part(start, end);
        // What failed is asked for again.
        asked.catch(() => known.delete(range));
        known.set(range, asked);
      }
      return asked;
    },
  };
}

/** A whole small file as text. The copy that the browser keeps is asked whether it is still the newest. */
export async function fetchText(address: string): Promise<string> {
  return (await answerOf(address, { cache: 'no-cache' })).text();
}

async function answerOf(address: string, init: RequestInit & { readonly cache?: 'no-cache' }): Promise<Response> {
  const answer = await fetch(address, init).catch((error) => {
    throw new DataProblem('network', `${address}: ${error.message}`);
  });
  if (answer.status === 404) throw new DataProblem('absent', address);
  if (answer.status === 416) throw changed(address);
  if (!answer.ok) throw new DataProblem('network', `${address}: ${answer.status}`);
  return answer;
}

async function bytesOf(answer: Response, length: number): Promise<ArrayBuffer> {
  const bytes = await answer.arrayBuffer().catch((error) => {
    throw new DataProblem('network', `${answer.url}: ${error.message}`);
  });
  if (bytes.byteLength !== length) throw changed(answer.url);
  return bytes;
}

const changed = (address: string) => new DataProblem('changed', address);
