import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { openLocalStore } from '@sensor-warehouse/storage/local-store';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import { requireNoneNewer } from '@sensor-warehouse/warehouse/layout/documents';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { InputReader } from './inputs';
import { say } from './log';
import { mask } from './masks';
import { provideRclone } from './rclone-tool';

/** The inputs that stages share; an action reads those that its action.yml declares, and its stage uses. */
export interface StageInputs {
  readonly project: string;
  readonly work: string;
  readonly warehouse: string;
  /** Remote's name → folder of the runner. */
  readonly bindings: ReadonlyMap<string, string>;
  readonly rcloneConfig: string | undefined;
  readonly now: number | undefined;
  readonly windowMonths: number;
  readonly dryRun: boolean;
}

/** Inputs of a stage that reaches remotes; a clock and a dry run have only the actions whose stage knows them. */
export function readRemoteInputs(inputs: InputReader): StageInputs {
  return {
    ...readWorkInputs(inputs),
    warehouse: inputs.required('warehouse'),
    bindings: readBindings(inputs),
    rcloneConfig: inputs.secret('rclone-config'),
  };
}

/** Inputs of a stage that stays in the work folder. */
export function readWorkInputs(inputs: InputReader): StageInputs {
  return {
    project: inputs.required('project'),
    work: inputs.required('work'),
    warehouse: '',
    bindings: new Map(),
    rcloneConfig: undefined,
    now: undefined,
    windowMonths: 2,
    dryRun: false,
  };
}

function readBindings(inputs: InputReader): Map<string, string> {
  try {
    return parseBindings(inputs.lines('remotes'));
  } catch (error) {
    inputs.mistake(`remotes: ${(error as Failure).details.what}, ${(error as Failure).details.fix}`);
    return new Map();
  }
}

/** A secret of the step's environment, masked before anything can print it. */
function secretOf(name: string): string | undefined {
  const value = process.env[name];
  if (value) mask(value);
  return value;
}

/** @throws Failure (config) if the seeds are not sound, or a newer program wrote the warehouse */
export async function openStageContext(inputs: StageInputs): Promise<Context> {
  const configuration = await loadConfiguration(join(inputs.project, 'seeds'));
  const rclone = inputs.rcloneConfig === undefined ? undefined : await provideRclone(inputs.rcloneConfig);
  const remotes = openRemotes(inputs.bindings, rclone && { ...rclone, say });
  await mkdir(inputs.work, { recursive: true });
  const context: Context = {
    configuration,
    project: inputs.project,
    program: process.argv[1]!,
    work: inputs.work,
    remotes,
    // A stage that stays in the work folder has no warehouse to reach.
    warehouse: inputs.warehouse === '' ? openLocalStore(inputs.work) : remotes.open(inputs.warehouse),
    apis: { secretOf, loopback: process.env.WAREHOUSE_API_LOOPBACK === 'true' },
    now: inputs.now ?? Date.now(),
    windowMonths: inputs.windowMonths,
    dryRun: inputs.dryRun,
    say,
  };
  if (inputs.warehouse !== '') await requireNoneNewer(context);
  return context;
}
