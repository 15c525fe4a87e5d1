// What ncc leaves out of licenses.txt: texts in files that it does not look for, notices, and what a WebAssembly is made of.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An entry of ncc without a text: the name, the kind of licence, an empty line. */
const WITHOUT_TEXT = /^(@?[a-z][\w./-]*)\n[^\n]+\n(?=\n|$)/gm;
const TEXTS = /^(licen[cs]e|notice|copying)/i;
/** The path of a source that Rust compiles into its messages. */
const CRATE = /registry\/src\/[^/]+\/([A-Za-z0-9_-]+)-(\d+\.\d+\.\d+)[^/]*\//g;

/**
 * What has to be added to the licences of a bundle.
 * @param licences what ncc wrote
 * @param modules folder in which the packages lie by name
 * @param wasm bytes of the WebAssembly in the bundle, if there is one
 */
export function moreLicences(licences, modules, wasm) {
  const parts = [...licences.matchAll(WITHOUT_TEXT)].flatMap(([, name]) => {
    const folder = join(modules, name);
    if (name.startsWith('@sensor-warehouse/') || !existsSync(folder)) return [];
    const files = readdirSync(folder)
      .filter((file) => TEXTS.test(file))
      .sort();
    return files.map((file) => `${name}: ${file}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`);
  });
  if (wasm !== undefined) parts.push(cratesText(wasm));
  return parts.map((part) => `\n${part}`).join('');
}

/** The crates that name themselves in a WebAssembly, sorted, each as `name version`. */
export function cratesIn(wasm) {
  const found = Array.from(wasm.toString('latin1').matchAll(CRATE), ([, name, version]) => `${name} ${version}`);
  return [...new Set(found)].sort();
}

/** @throws Error if a crate has no line in wasm-licences.txt, as after an update of parquet-wasm */
function cratesText(wasm) {
  const known = readFileSync(new URL('./wasm-licences.txt', import.meta.url), 'utf8');
  const missing = cratesIn(wasm).filter((crate) => !`\n${known}`.includes(`\n${crate}: `));
  if (missing.length > 0) {
    throw new Error(`no licence is known of ${missing.join(', ')}; fix: node scripts/wasm-licences.mjs`);
  }
  return [
    'Rust crates in the WebAssembly of parquet-wasm',
    '',
    'These name themselves in it; there may be more, which leave no trace. Where a crate may be used under one of two licences',
    'and holds the text of MIT, that one is here.',
    '',
    known,
  ].join('\n');
}
