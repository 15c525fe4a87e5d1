// Every check of `npm test` that is no test of vitest.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFresh, staleFiles } from './build-actions.mjs';
import { root, run } from './setup.mjs';

const workflowFolder = join('.github', 'workflows');
const bin = (...parts) => join(root, 'node_modules', ...parts);
const env = { NO_COLOR: '1' };
const node = (...command) => run(process.execPath, command, { env });

/**
 * Name → check. `work` gets the tools as provision() found them, and resolves to its exit code and output; `tool` is the
 * variable without which the check is left out; `alone` says that it is too heavy to run beside others.
 */
export const CHECKS = {
  'format and lint': { work: () => node(bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.') },
  'python lint': { tool: 'RUFF', work: lintPython },
  types: { work: () => node(bin('typescript', 'bin', 'tsc'), '--noEmit') },
  'types of the page': {
    work: () => node(bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', join('packages', 'explorer')),
  },
  actionlint: { tool: 'ACTIONLINT', work: lintWorkflows },
  zizmor: {
    tool: 'ZIZMOR',
    work: ({ ZIZMOR }) => run(ZIZMOR, ['--offline', '--no-progress', '--persona', 'auditor', '.'], { env }),
  },
  'written pages': { work: () => node(join('scripts', 'written-pages.mjs'), '--check') },
  'dist is fresh': { alone: true, work: compareDist },
};

async function lintPython({ RUFF }) {
  const checked = await run(RUFF, ['check', '--no-cache', '.'], { env });
  const formatted = await run(RUFF, ['format', '--no-cache', '--diff', '.'], { env });
  return { code: Math.max(checked.code, formatted.code), output: checked.output + formatted.output };
}

async function compareDist() {
  await buildFresh();
  const stale = staleFiles();
  return { code: stale.length, output: `${stale.join('\n')}\nnot what the sources give; fix: npm run build` };
}

/** The workflows without the syntax that actionlint does not know: it then also checks inputs against each action. */
const asKnown = (workflow) =>
  workflow
    .replace(/^\s*(cache-mode|queue):.*$/gm, '')
    .replace(/, queue: max/g, '')
    .replace(/(uses: )\$\//g, '$1./');

function lintRewritten(program, args, file) {
  return new Promise((resolve) => {
    const child = spawn(program, [...args, '-stdin-filename', file, '-'], { cwd: root });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    child.stdin.on('error', () => {}).end(asKnown(readFileSync(join(root, file), 'utf8')));
  });
}

async function lintWorkflows({ ACTIONLINT: program, SHELLCHECK: shellcheck = '' }) {
  const workflows = readdirSync(join(root, workflowFolder))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(workflowFolder, name));
  const args = ['-no-color', `-shellcheck=${shellcheck}`, '-pyflakes='];
  const config = join('.github', 'actionlint.yaml');
  const results = [await run(program, [...args, '-config-file', config, ...workflows])];
  for (const workflow of workflows) results.push(await lintRewritten(program, args, workflow));
  return { code: Math.max(...results.map(({ code }) => code)), output: results.map(({ output }) => output).join('') };
}
