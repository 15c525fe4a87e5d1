import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { getInput, info, setSecret } from '@actions/core';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import type { Context } from '@sensor-warehouse/warehouse/context';
import type { InputReader } from './inputs';
import { provideRclone } from './rclone-tool';

/** The inputs that stages share; an action reads those that its action.yml declares. */
export interface StageInputs {
  readonly project: string;
  readonly work: string;
  readonly warehouse: string;
  readonly remotes: readonly string[];
  readonly now: number | undefined;
  readonly dryRun: boolean;
}

/** Inputs of a stage that reaches remotes. */
export function readRemoteInputs(inputs: InputReader): StageInputs {
  return {
    ...readWorkInputs(inputs),
    warehouse: inputs.required('warehouse'),
    remotes: inputs.lines('remotes'),
    dryRun: inputs.flag('dry-run'),
  };
}

/** Inputs of a stage that stays in the work folder. */
export function readWorkInputs(inputs: InputReader): StageInputs {
  return {
    project: inputs.required('project'),
    work: inputs.required('work'),
    warehouse: '',
    remotes: [],
    now: inputs.instant('now'),
    dryRun: false,
  };
}

export async function openStageContext(inputs: StageInputs): Promise<Context> {
  // The secret is read here and nowhere else, and masked before anything can print it.
  const config = getInput('rclone-config');
  if (config !== '') setSecret(config);
  const configuration = await loadConfiguration(join(inputs.project, 'seeds'));
  const remotes = openRemotes(parseBindings(inputs.remotes), config === '' ? undefined : await provideRclone(config));
  await mkdir(inputs.work, { recursive: true });
  return {
    configuration,
    project: inputs.project,
    work: inputs.work,
    remotes,
    // A stage without the input stays in its work folder; an address without a colon has to begin with / or a dot.
    warehouse: remotes.open(inputs.warehouse === '' ? resolve(inputs.work) : inputs.warehouse),
    now: inputs.now ?? Date.now(),
    dryRun: inputs.dryRun,
    say: info,
  };
}
