import { type EngineInputs, readEngineInputs } from '@sensor-warehouse/action-kit/engine-inputs';
import { type InputReader, readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';
import { quoted } from '@sensor-warehouse/model/finding';
import type { readOrder } from '@sensor-warehouse/warehouse/past/order';

export interface BackfillInputs extends StageInputs, EngineInputs {
  readonly step: 'plan' | 'window' | 'publish';
  /** What a person asked for; only the plan reads it. */
  readonly order: Parameters<typeof readOrder>[0];
  readonly plan: string;
  readonly window: string;
  readonly python: string | undefined;
  readonly cache: boolean;
}

export function readActionInputs(): BackfillInputs {
  const reader = readInputs('backfill');
  const step = reader.required('step');
  const neededBy = (steps: readonly string[], name: string, value: string | undefined) => {
    if (steps.includes(step) && value === undefined) reader.mistake(`${name} is missing`);
    return value ?? '';
  };
  const inputs = {
    ...readRemoteInputs(reader),
    now: reader.instant('now'),
    dryRun: reader.flag('dry-run'),
    ...readEngineInputs(reader),
    order: {
      from: neededBy(['plan'], 'from', reader.optional('from')),
      to: neededBy(['plan'], 'to', reader.optional('to')),
      mode: reader.required('mode'),
      datasource: reader.optional('datasource'),
      maxMonths: reader.required('max-months'),
      allowFewer: reader.flag('allow-fewer'),
    },
    plan: digestOf(reader, neededBy(['window', 'publish'], 'plan', reader.optional('plan'))),
    window: neededBy(['window'], 'window', reader.optional('window')),
    python: reader.optional('python'),
    cache: reader.flag('cache'),
  };
  if (step !== '' && step !== 'plan' && step !== 'window' && step !== 'publish')
    reader.mistake(`step is ${quoted(step)}, expected plan, window or publish`);
  reader.done();
  return { ...inputs, step: step as BackfillInputs['step'] };
}

function digestOf(reader: InputReader, plan: string): string {
  if (plan !== '' && !/^[0-9a-f]{16}$/.test(plan))
    reader.mistake(`plan is ${quoted(plan)}, expected what the step plan gave`);
  return plan;
}
