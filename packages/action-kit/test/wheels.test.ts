import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packWheels, unpackWheels } from '@sensor-warehouse/action-kit/wheels';
import { expect, it } from 'vitest';

const folder = () => mkdtempSync(join(tmpdir(), 'wheels-'));
const lockOf = (...wheels: string[]) =>
  wheels.map((bytes) => `x==1 \\\n    --hash=sha256:${createHash('sha256').update(bytes).digest('hex')}\n`).join('');
const packed = (list: unknown, bytes = '') => Buffer.from(`${JSON.stringify(list)}\n${bytes}`);

it('wheels come out as they went in', async () => {
  const [from, to] = [folder(), folder()];
  writeFileSync(join(from, 'a-1-py3-none-any.whl'), 'one\nwheel');
  writeFileSync(join(from, 'b-2-py3-none-any.whl'), 'another');
  await unpackWheels(await packWheels(from), lockOf('one\nwheel', 'another'), to);
  expect(readdirSync(to).sort()).toEqual(['a-1-py3-none-any.whl', 'b-2-py3-none-any.whl']);
  expect(readFileSync(join(to, 'a-1-py3-none-any.whl'), 'utf8')).toBe('one\nwheel');
});

it('one wheel that the lock does not name rejects all of them', async () => {
  const to = folder();
  const list = [
    { name: 'a-1.whl', bytes: 4 },
    { name: 'b-1.whl', bytes: 6 },
  ];
  await expect(unpackWheels(packed(list, 'goodforged'), lockOf('good'), to)).rejects.toThrow('"b-1.whl"');
  expect(readdirSync(to)).toEqual([]);
});

it.each([
  ['of a folder above', '../a.whl'],
  ['with a folder', 'b/a.whl'],
  ['of the root', '/tmp/a.whl'],
  ['that pip would take for an option', '-a.whl'],
  ['of another kind', 'sitecustomize.py'],
  ['with a line end', 'a\n.whl'],
  ['that is a number', 7],
  ['that is missing', undefined],
])('a name %s writes nothing, although its bytes are known', async (_, name) => {
  const to = folder();
  await expect(unpackWheels(packed([{ name, bytes: 4 }], 'good'), lockOf('good'), to)).rejects.toThrow();
  expect(readdirSync(to)).toEqual([]);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['an archive as GitHub’s own client makes it', readFileSync(process.execPath).subarray(0, 4096)],
  ['null', packed(null)],
  ['a list of null', packed([null])],
  ['more bytes than are listed', packed([{ name: 'a.whl', bytes: 4 }], 'good and more')],
  ['fewer bytes than are listed', packed([{ name: 'a.whl', bytes: 400 }], 'good')],
  ['a length below zero', packed([{ name: 'a.whl', bytes: -4 }], 'good')],
  ['a fraction of a byte', packed([{ name: 'a.whl', bytes: 3.5 }], 'good')],
])('%s is not a file of wheels', async (_, bytes) => {
  await expect(unpackWheels(bytes, lockOf('good'), folder())).rejects.toThrow();
});
