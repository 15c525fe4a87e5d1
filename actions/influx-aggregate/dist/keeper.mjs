// `node keeper.mjs PROGRAM FOLDER ARGUMENTS...`: runs a server for the process that started this. It outlives that process
// for a moment whatever ends it, also a signal that cannot be caught: its standard input ends then, so it stops the server
// and removes the server's folder. What the server said last, and how it ended, goes to standard error.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const LAST_WORDS = 2000;
const TO_TIDY_UP_MS = 5000;

const [program, folder, ...args] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

// Our environment is what local-server.ts gave us.
const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
let said = '';
let stopping = false;

function end(code) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
}

// One that the system has no room to start has no streams.
server.stderr?.on('data', (text) => {
  said = (said + text).slice(-LAST_WORDS);
});
server.on('error', (error) => {
  process.stderr.write(error.message);
  end(1);
});
server.on('exit', (code, signal) => {
  if (!stopping) process.stderr.write(`${said}\n${signal || `exit code ${code}`}`);
  end(stopping ? 0 : 1);
});
process.stdin
  .on('error', () => {})
  .on('data', () => {})
  .on('close', () => {
    stopping = true;
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), TO_TIDY_UP_MS);
  });
