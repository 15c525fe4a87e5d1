// npm run demo: one night of the job on the example uploads, in a folder that stands in for the Drive.

import { spawn } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { calledDirectly, main, root, setup } from './setup.mjs';

export async function demo() {
  await setup();
  const examples = join(root, 'examples', 'sm2');
  rmSync(join(root, 'demo'), { recursive: true, force: true });
  for (const entry of readdirSync(examples, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    cpSync(join(examples, entry.name), join(root, 'demo', 'drive', entry.name), { recursive: true });
  }
  const options = ['--remote', 'sm2drive=demo/drive', '--warehouse', 'sm2drive:Warehouse'];
  const command = [join('bin', 'warehouse'), 'run', ...options, '--now', '2024-11-29T12:00:00Z'];
  console.log(`\n${command.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0)
        console.log('\nLook into demo/drive/Warehouse/public: README.md there says how to read the dataset.');
      resolve(code ?? 1);
    });
  });
}

if (calledDirectly(import.meta.url)) await main(demo);
