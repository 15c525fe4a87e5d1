import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cratesIn, moreLicences } from '../../scripts/bundle-licences.mjs';
import { ACTIONS, ROOT, read } from '../support/repository-files';

const MODULES = join(ROOT, 'node_modules', '.pnpm', 'node_modules');
const WASM = readFileSync(join(MODULES, 'parquet-wasm', 'node', 'parquet_wasm_bg.wasm'));

describe('the licences of what is bundled', () => {
  it('have a line for each Rust crate that names itself in parquet-wasm, with its licence', () => {
    const lines = read('scripts/wasm-licences.txt').split('\n\n')[0]!.split('\n');
    expect(lines.map((line) => line.split(': ')[0])).toEqual(cratesIn(WASM));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter((line) => !/: .*(MIT|Apache-2\.0|BSD-3-Clause|Unicode-3\.0|Zlib)/.test(line))).toEqual([]);
  });

  it('stop the build where a crate is unknown', () => {
    const wasm = Buffer.concat([WASM, Buffer.from('/registry/src/index/strange-crate-9.9.9/src/lib.rs')]);
    expect(() => moreLicences('', MODULES, wasm)).toThrow('no licence is known of strange-crate 9.9.9');
  });

  it.each(ACTIONS)('have a text for each package in the bundle of %s', (action) => {
    const entries = read(`actions/${action}/dist/licenses.txt`);
    const named = [...entries.matchAll(/^(@?[a-z][\w./-]*)\n(?:[A-Z][\w. ()-]+)\n(?=\n|$)/gm)].map(([, name]) => name!);
    const foreign = named.filter((name) => !name.startsWith('@sensor-warehouse/'));
    expect(foreign.filter((name) => !new RegExp(`^${name}: (LICEN|NOTICE|COPYING)`, 'im').test(entries))).toEqual([]);
  });
});
