import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const STATE = '0123456789abcdef';
const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'build-actions.mjs');

/** What the script says, with this folder for its cache. */
function said(home: string, expression: string): string {
  const code = `import { contentHash, keptBuild } from ${JSON.stringify(SCRIPT)}; process.stdout.write(String(${expression}))`;
  const env = { ...process.env, XDG_CACHE_HOME: home };
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' });
}

it('a build that another clone kept is taken only while its content is what it was', () => {
  const home = mkdtempSync(join(tmpdir(), 'kept-build-'));
  const cache = join(home, 'sensor-warehouse');
  const half = join(cache, 'half');
  mkdirSync(join(half, 'ingest', 'dist'), { recursive: true });
  writeFileSync(join(half, 'ingest', 'dist', 'index.js'), 'built();\n');
  const kept = join(cache, `dist-${STATE.slice(0, 12)}-${said(home, `contentHash(${JSON.stringify(half)})`)}`);
  renameSync(half, kept);
  expect(said(home, `keptBuild('${STATE}')`)).toBe(kept);

  appendFileSync(join(kept, 'ingest', 'dist', 'index.js'), 'more();\n');
  expect(said(home, `keptBuild('${STATE}')`)).toBe('undefined');
});

it('a folder that is named by the sources alone is not a build', () => {
  const home = mkdtempSync(join(tmpdir(), 'kept-build-'));
  mkdirSync(join(home, 'sensor-warehouse', `dist-${STATE.slice(0, 12)}`, 'ingest', 'dist'), { recursive: true });
  expect(said(home, `keptBuild('${STATE}')`)).toBe('undefined');
});
