import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeScratchSync } from '@sensor-warehouse/model/scratch-folder';
import { childEnvironment, PROXIES } from '@sensor-warehouse/model/secrets/child-environment';

// Importing this module starts the process again in its own place, with an environment without any secret. Programs
// that it starts later can read, in /proc, the environment that it was started with, whatever it has deleted since. What it
// was given besides is handed over in a file that is gone before anything else happens, so `process.env` holds the same as
// before. It is the first import of what runs an action: libraries read the environment when they are loaded.

const HANDED_OVER = 'SENSOR_WAREHOUSE_HANDED_OVER';

// Variables about the place of the run and the files that the runner reads back. Inputs, the runner's tokens and
// everything else may be secrets.
const OPEN = [
  ...[
    'CI',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'XDG_CACHE_HOME',
    'RUNNER_TEMP',
    'RUNNER_TOOL_CACHE',
    'RUNNER_DEBUG',
  ],
  ...['GITHUB_WORKSPACE', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH'],
];

function startAgain(): void {
  // Actions run on a Node that has it; a test of the code on an older one goes without.
  const { execve } = process as { execve?: (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never };
  if (execve === undefined || process.platform === 'win32') return;
  const open = childEnvironment({}, [...OPEN, ...PROXIES.filter(hasNoPassword)]);
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in open)));
  const folder = makeScratchSync('environment', process.env.RUNNER_TEMP || tmpdir());
  const handedOver = join(folder, 'environment.json');
  writeFileSync(handedOver, JSON.stringify(rest), { mode: 0o600, flag: 'wx' });
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  execve.call(process, process.execPath, args, { ...open, [HANDED_OVER]: handedOver });
}

const hasNoPassword = (name: string) => !process.env[name]?.includes('@');

function takeOver(file: string): void {
  const rest = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  rmSync(dirname(file), { recursive: true, force: true });
  delete process.env[HANDED_OVER];
  Object.assign(process.env, rest);
}

const file = process.env[HANDED_OVER];
if (file === undefined) startAgain();
else takeOver(file);
