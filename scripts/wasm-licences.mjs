// node scripts/wasm-licences.mjs: scripts/wasm-licences.txt, the licences of the Rust crates in parquet-wasm. Needs cargo and a
// network; the build reads the file alone. Run it when parquet-wasm changes.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cratesIn } from './bundle-licences.mjs';
import { calledDirectly, main, must, root } from './setup.mjs';

const TEXTS = /^(licen[cs]e|notice|copying)/i;

/** What cargo knows of these crates, each written as `name version`. */
async function askCargo(crates) {
  const folder = mkdtempSync(join(tmpdir(), 'crates-'));
  try {
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'lib.rs'), '');
    const needed = crates.map((crate, index) => {
      const [name, version] = crate.split(' ');
      return `crate-${index} = { package = "${name}", version = "=${version}", default-features = false }`;
    });
    const manifest = [
      '[package]',
      'name = "look"',
      'version = "0.0.0"',
      'edition = "2021"',
      '[dependencies]',
      ...needed,
    ];
    writeFileSync(join(folder, 'Cargo.toml'), `${manifest.join('\n')}\n`);
    const args = ['metadata', '--quiet', '--format-version', '1', '--manifest-path', join(folder, 'Cargo.toml')];
    return JSON.parse(await must('cargo', args)).packages;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The texts in a crate; of two licences to choose from, MIT's, for it is shorter and names the authors. */
function textsOf({ manifest_path: manifest, license }) {
  const folder = dirname(manifest);
  const files = readdirSync(folder)
    .filter((file) => TEXTS.test(file) && statSync(join(folder, file)).isFile())
    .sort();
  const mit = files.filter((file) => /mit/i.test(file));
  const chosen = mit.length > 0 && /\bOR\b|\//.test(license) ? mit : files;
  return chosen.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
}

if (calledDirectly(import.meta.url)) {
  await main(async () => {
    const modules = join(root, 'node_modules', '.pnpm', 'node_modules');
    const crates = cratesIn(readFileSync(join(modules, 'parquet-wasm', 'node', 'parquet_wasm_bg.wasm')));
    const packages = await askCargo(crates);
    const holders = new Map();
    const lines = crates.map((crate) => {
      // A version may go on with what it wraps: 2.1.0+zstd.1.5.8.
      const found = packages.find(({ name, version }) => crate === `${name} ${version.split('+')[0]}`);
      const texts = textsOf(found);
      for (const text of texts) holders.set(text, [...(holders.get(text) ?? []), crate]);
      return `${crate}: ${found.license}${texts.length === 0 ? ' (its package holds no text)' : ''}`;
    });
    const texts = [...holders].map(([text, names]) => `${'-'.repeat(80)}\n${names.join(', ')}\n\n${text}\n`);
    writeFileSync(join(root, 'scripts', 'wasm-licences.txt'), `${lines.join('\n')}\n\n${texts.join('\n')}`);
  });
}
