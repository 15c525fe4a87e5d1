import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@sensor-warehouse/action-kit/run-program';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  askPython,
  isComplete,
  makeEnvironment,
  pythonOf,
  type Run,
  type Wheels,
} from '../src/virtual-environment.mjs';

const { UV } = process.env;
const before = { ...process.env };
const scratch = mkdtempSync(join(tmpdir(), 'virtual-environments-'));
let folders = 0;
const newFolder = (name: string) => {
  const folder = join(scratch, `${name}-${folders++}`);
  mkdirSync(folder);
  return folder;
};

/** Puts a wheel of one module into a folder, as `NAME-1.0-py3-none-any.whl`, and gives its SHA-256. */
function makeWheel(folder: string, name: string, module: string, requires = ''): string {
  const file = join(folder, `${name}-1.0-py3-none-any.whl`);
  const script = [
    'import sys, zipfile',
    'file, name, module, requires = sys.argv[1:]',
    "with zipfile.ZipFile(file, 'w') as wheel:",
    "    info = f'{name}-1.0.dist-info/'",
    "    more = f'Requires-Dist: {requires}\\n' if requires else ''",
    "    wheel.writestr(f'{name}.py', module)",
    "    wheel.writestr(info + 'METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n{more}')",
    "    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
    "    wheel.writestr(info + 'RECORD', f'{name}.py,,\\n{info}METADATA,,\\n{info}WHEEL,,\\n{info}RECORD,,\\n')",
  ].join('\n');
  execFileSync('python3', ['-c', script, file, name, module, requires]);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

const venv = newFolder('venv');
execFileSync('python3', ['-I', '-m', 'venv', venv]);
const wheels = newFolder('wheels');
const victim = join(scratch, 'victim');
const lock = [
  `answer==1.0 --hash=sha256:${makeWheel(wheels, 'answer', 'said = "genuine"\n', 'question')}`,
  `question==1.0 --hash=sha256:${makeWheel(wheels, 'question', '')}`,
  `never==1.0 ; python_version < '3' --hash=sha256:${'0'.repeat(64)}`,
  '',
].join('\n');

let programs: string[] = [];
let said: string[] = [];
const run: Run = (program, args, variables) => {
  programs.push(program);
  // What venv makes is made once, and copied.
  if (args[2] === 'venv') return runProgram('cp', ['-a', `${venv}/.`, args[3]!]);
  return runProgram(program, args, variables?.names, variables?.given);
};

/** Makes an environment out of the folder of wheels, and gives its folder. */
async function made(from: Wheels | undefined = { folder: wheels, there: true }): Promise<string> {
  const folder = newFolder('environment');
  const python = await askPython('python3', run);
  await makeEnvironment({ folder, lock, python, run, say: (line) => said.push(line) }, from);
  return folder;
}

const LIST =
  'import importlib.metadata as m; print(sorted((d.metadata["Name"], d.version) for d in m.distributions()), end="")';
const holds = (folder: string) => execFileSync(pythonOf(folder), ['-I', '-c', LIST], { encoding: 'utf8' });

/** What is first on PATH as uv. */
function provideUv(program: string): void {
  const folder = newFolder('bin');
  symlinkSync(program, join(folder, 'uv'));
  process.env.PATH = `${folder}:${before.PATH}`;
}

function script(text: string): string {
  const file = join(newFolder('script'), 'uv');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Other test files share the process. */
const started = process.cwd();
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(PIP|UV)_/.test(name)) delete process.env[name];
  process.env.HOME = newFolder('home');
  delete process.env.XDG_CACHE_HOME;
  programs = [];
  said = [];
});
afterEach(() => {
  process.chdir(started);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const EXACTLY = "[('answer', '1.0'), ('question', '1.0')]";
const installers: [name: string, program: string][] = [
  ['pip', '/bin/false'],
  ...(UV ? [['uv', UV] as [string, string]] : []),
];

describe.each(installers)('an environment that %s makes', (name, program) => {
  beforeEach(() => provideUv(program));

  it('contains what the lock names for this Python and nothing else', async () => {
    const folder = await made();
    expect(holds(folder)).toBe(EXACTLY);
    expect(isComplete(folder)).toBe(true);
    expect(programs.filter((one) => one.endsWith('/bin/python')).length > 0).toBe(name === 'pip');
  }, 60_000);

  it('is not made from a wheel whose hash the lock does not name, and runs none of it', async () => {
    const forged = newFolder('forged');
    makeWheel(forged, 'question', '');
    makeWheel(forged, 'answer', `said = "forged"; open(${JSON.stringify(victim)}, "w")\n`, 'question');
    await expect(made({ folder: forged, there: true })).rejects.toThrow();
    expect(existsSync(victim)).toBe(false);
  }, 60_000);

  it('is not made from a source that would have to be built', async () => {
    const sources = newFolder('sources');
    writeFileSync(join(sources, 'setup.py'), `open(${JSON.stringify(victim)}, "w")\n`);
    execFileSync('tar', ['-czf', join(sources, 'answer-1.0.tar.gz'), '--transform', 's|^|answer-1.0/|', 'setup.py'], {
      cwd: sources,
    });
    await expect(made({ folder: sources, there: true })).rejects.toThrow();
    expect(existsSync(victim)).toBe(false);
  }, 60_000);

  it('obeys no settings in the folder of the run, nor in the home folder', async () => {
    const here = newFolder('run');
    writeFileSync(join(here, 'uv.toml'), 'nonsense = true\n');
    writeFileSync(join(here, 'pyproject.toml'), '[tool.uv]\nnonsense = true\n');
    const config = join(process.env.HOME!, '.config');
    for (const folder of ['pip', 'uv']) mkdirSync(join(config, folder), { recursive: true });
    writeFileSync(join(config, 'pip', 'pip.conf'), '[global]\nnonsense\n');
    writeFileSync(join(config, 'uv', 'uv.toml'), 'nonsense = true\n');
    process.chdir(here);
    expect(holds(await made())).toBe(EXACTLY);
    expect(said).toEqual([]);
  }, 60_000);

  it('is made from the index that pip’s variables name', async () => {
    process.env.PIP_FIND_LINKS = `${newFolder('empty')} ${wheels}`;
    process.env.PIP_INDEX_URL = `file://${newFolder('index')}`;
    const folder = newFolder('environment');
    const python = await askPython('python3', run);
    await makeEnvironment({ folder, lock, python, run, say: (line) => said.push(line) });
    expect(holds(folder)).toBe(EXACTLY);
    expect(said).toEqual([]);
  }, 60_000);
});

describe.skipIf(!UV)('uv', () => {
  it('keeps no unpacked wheels that the next environment would trust', async () => {
    provideUv(UV!);
    await made();
    expect(existsSync(join(process.env.HOME!, '.cache', 'uv'))).toBe(false);
  });

  it('is not asked to ignore hashes by a variable of the run', async () => {
    provideUv(UV!);
    Object.assign(process.env, { UV_NO_VERIFY_HASHES: '1', UV_NO_BINARY: '1', UV_TARGET: newFolder('target') });
    expect(holds(await made())).toBe(EXACTLY);
    expect(said).toEqual([]);
  });
});

describe('pip is at work', () => {
  const usedPip = () => programs.some((program) => program.endsWith('/bin/python'));

  it.each([
    ['uv is too old', 'echo "uv 0.5.31"', []],
    ['uv fails', '[ "$1" = --version ] && echo "uv 9.0.0" || exit 2', ['uv failed, so pip is used: exit code 2: ']],
  ])(
    'if %s',
    async (_, text, lines) => {
      provideUv(script(text));
      expect(holds(await made())).toBe(EXACTLY);
      expect(usedPip()).toBe(true);
      expect(said).toEqual(lines);
    },
    60_000,
  );

  it('if only pip understands the source of the packages', async () => {
    provideUv(script('echo "uv 9.0.0"'));
    process.env.PIP_NO_INDEX = '1';
    process.env.PIP_FIND_LINKS = wheels;
    expect(holds(await made())).toBe(EXACTLY);
    expect(programs).not.toContain('uv');
  }, 60_000);

  it('if wheels must be kept, which uv cannot do', async () => {
    provideUv(script('echo "uv 9.0.0"'));
    process.env.PIP_FIND_LINKS = wheels;
    process.env.PIP_INDEX_URL = `file://${newFolder('index')}`;
    const kept = newFolder('kept');
    expect(holds(await made({ folder: kept, there: false }))).toBe(EXACTLY);
    expect(existsSync(join(kept, 'answer-1.0-py3-none-any.whl'))).toBe(true);
  }, 60_000);
});
