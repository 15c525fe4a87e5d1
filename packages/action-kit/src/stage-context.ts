import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import { type Context, WINDOW_MONTHS } from '@sensor-warehouse/warehouse/run/context';
import { openContext } from '@sensor-warehouse/warehouse/shell/open-context';
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
  readonly acceptsChurn?: boolean;
  readonly publishTo?: string | undefined;
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

/** Inputs of a stage that publishes a version. */
export function readPublishInputs(inputs: InputReader): StageInputs {
  return {
    ...readRemoteInputs(inputs),
    now: inputs.instant('now'),
    dryRun: inputs.flag('dry-run'),
    acceptsChurn: inputs.flag('accept-churn'),
    publishTo: inputs.optional('publish-to'),
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
    windowMonths: WINDOW_MONTHS,
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

/** @throws Failure (config) if the seeds are invalid, or a newer program wrote the warehouse */
export function openStageContext(inputs: StageInputs): Promise<Context> {
  const settings = { ...inputs, warehouse: inputs.warehouse || undefined };
  return openContext(settings, {
    program: process.argv[1]!,
    say,
    hide: mask,
    openRemotes: async () => {
      const rclone = inputs.rcloneConfig === undefined ? undefined : await provideRclone(inputs.rcloneConfig);
      return openRemotes(inputs.bindings, rclone && { ...rclone, say });
    },
  });
}
