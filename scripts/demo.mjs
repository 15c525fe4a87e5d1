// npm run demo: one night of the job on the example uploads, in a folder that stands in for the Drive; then its dataset in a
// browser.

import { spawn } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { calledDirectly, main, root, setup } from './setup.mjs';

export async function demo() {
  await setup();
  const code = await exampleNight();
  if (code !== 0) return code;
  console.log('\nLook into demo/drive/Warehouse/public: README.md there says how to read the dataset.');
  const shown = ['explore', 'demo/drive/Warehouse'];
  // It serves until Ctrl-C, which nobody would press where no person looks on.
  if (process.stdin.isTTY && process.stdout.isTTY && !process.env.CI) return show(...shown);
  console.log(`See it in a browser: ${join('bin', 'warehouse')} ${shown.join(' ')}`);
  return 0;
}

/** Runs the night in `demo/`, from the beginning. Resolves to the exit code. */
export function exampleNight() {
  const examples = join(root, 'examples', 'sm2');
  rmSync(join(root, 'demo'), { recursive: true, force: true });
  for (const entry of readdirSync(examples, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    cpSync(join(examples, entry.name), join(root, 'demo', 'drive', entry.name), { recursive: true });
  }
  const options = ['--remote', 'sm2drive=demo/drive', '--warehouse', 'sm2drive:Warehouse'];
  return show('run', ...options, '--now', '2024-11-29T12:00:00Z');
}

/** Prints a command and runs it. Ctrl-C is for the command, which ends by itself. */
function show(...args) {
  const command = [join('bin', 'warehouse'), ...args];
  console.log(`\n${command.join(' ')}`);
  const leave = () => {};
  process.on('SIGINT', leave);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  }).finally(() => process.off('SIGINT', leave));
}

if (calledDirectly(import.meta.url)) await main(demo);
