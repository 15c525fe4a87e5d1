import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '@sensor-warehouse/model/findings/finding';

/** How the name of a wheel is written (PEP 427): no folder, nothing that an option begins with. */
const WHEEL = /^[A-Za-z0-9][A-Za-z0-9_.+-]*\.whl$/;

interface PackedWheel {
  readonly name: string;
  readonly bytes: number;
}

/** All wheels of a folder as one file: a line of JSON that lists them, then their bytes one after the other. */
export async function packWheels(folder: string): Promise<Buffer> {
  const names = (await readdir(folder)).filter((name) => WHEEL.test(name)).sort();
  const wheels = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const list: PackedWheel[] = names.map((name, at) => ({ name, bytes: wheels[at]!.length }));
  return Buffer.concat([Buffer.from(`${JSON.stringify(list)}\n`), ...wheels]);
}

/**
 * Writes the wheels that `packWheels` packed into the folder, after each was compared with the lock.
 * @param lock text of a requirements file with hashes
 * @throws Error if it is not such a file, or holds anything whose SHA-256 the lock does not name; then nothing is written
 */
export async function unpackWheels(packed: Buffer, lock: string, folder: string): Promise<void> {
  const end = packed.indexOf('\n');
  if (end === -1) throw new Error('it is not a file of wheels');
  const locked = new Set(Array.from(lock.matchAll(/--hash=sha256:([0-9a-f]{64})\b/g), ([, hash]) => hash!));
  let at = end + 1;
  const wheels = listOf(packed.subarray(0, end)).map(({ name, bytes }) => {
    const content = packed.subarray(at, at + bytes);
    at += bytes;
    if (!locked.has(createHash('sha256').update(content).digest('hex'))) {
      throw new Error(`the lock does not contain the hash of ${quoted(name)}`);
    }
    return { name, content };
  });
  if (at !== packed.length) throw new Error('it holds more or less than it lists');
  for (const { name, content } of wheels) await writeFile(join(folder, name), content, { flag: 'wx' });
}

function listOf(text: Buffer): readonly PackedWheel[] {
  const list: unknown = JSON.parse(text.toString('utf8'));
  if (!Array.isArray(list)) throw new Error('it is not a file of wheels');
  return list.map((entry: Partial<PackedWheel> | null) => {
    const { name, bytes } = entry ?? {};
    if (typeof name !== 'string' || !WHEEL.test(name)) throw new Error('it lists something that is not a wheel');
    if (!Number.isSafeInteger(bytes) || bytes! < 0) throw new Error(`it does not give the length of ${quoted(name)}`);
    return { name, bytes: bytes! };
  });
}
