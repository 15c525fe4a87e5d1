import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freshFolder } from './folders';
import { run } from './programs';

const UPLOAD = join('Vzduchotechnika', 'Latest', 'Upload');

/**
 * Seconds from the start of an action's process to its first line on standard output, as a runner starts it. It reads
 * its inputs and the seeds first; `ingest` finds one upload, the later stages an empty work folder, which they say.
 * An action with nothing to say (`check-quality` on an empty warehouse) is timed to its end.
 */
export async function coldStart(action: string, node24: string): Promise<number> {
  const folder = freshFolder('cold-start');
  mkdirSync(join(folder, 'drive', UPLOAD), { recursive: true });
  const [example] = readdirSync(join('examples', 'sm2', UPLOAD)).sort() as [string];
  copyFileSync(join('examples', 'sm2', UPLOAD, example), join(folder, 'drive', UPLOAD, example));
  const env: NodeJS.ProcessEnv = { GITHUB_EVENT_NAME: 'workflow_dispatch', ...inputsOf(action, folder) };
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY']) {
    env[name] = join(folder, name);
    writeFileSync(env[name], '');
  }
  const ran = await run(node24, [join('actions', action, 'dist', 'index.js')], env);
  if (ran.stdout !== '') return ran.secondsToFirstLine;
  if (ran.code !== 0) throw new Error(`the action ${action} failed and said nothing\n${ran.stderr}`);
  return ran.seconds;
}

export const actionNames = () =>
  readdirSync('actions', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The environment in which a runner hands inputs over: the defaults of action.yml, and ours. */
function inputsOf(action: string, folder: string): NodeJS.ProcessEnv {
  const { inputs } = parse(readFileSync(join('actions', action, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const ours: Record<string, string> = {
    work: join(folder, 'work'),
    warehouse: 'sm2drive:Warehouse',
    remotes: `sm2drive=${join(folder, 'drive')}`,
    python: process.env.DBT_PYTHON!,
    'github-token': 'none',
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: value }]) => [
      `INPUT_${name.toUpperCase()}`,
      ours[name] ?? value ?? '',
    ]),
  );
}
