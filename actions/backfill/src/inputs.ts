import { type EngineInputs, readEngineInputs } from '@sensor-warehouse/action-kit/engine-inputs';
import { type InputReader, readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readPublishInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { readOrder } from '@sensor-warehouse/warehouse/backfill/order';

export const STEPS = ['plan', 'fetch', 'window', 'lay-out', 'publish'] as const;

export interface BackfillInputs extends StageInputs, EngineInputs {
  readonly step: (typeof STEPS)[number];
  /** What a person asked for; only the plan reads it. */
  readonly order: Parameters<typeof readOrder>[0];
  readonly plan: string;
  readonly window: string;
}

export function readActionInputs(): BackfillInputs {
  const reader = readInputs('backfill');
  const step = reader.required('step');
  const neededBy = (steps: readonly string[], name: string, value: string | undefined) => {
    if (steps.includes(step) && value === undefined) reader.mistake(`${name} is missing`);
    return value ?? '';
  };
  const inputs = {
    ...readPublishInputs(reader),
    ...readEngineInputs(reader),
    order: {
      from: neededBy(['plan'], 'from', reader.optional('from')),
      to: neededBy(['plan'], 'to', reader.optional('to')),
      mode: reader.required('mode'),
      datasource: reader.optional('datasource'),
      maxMonths: reader.required('max-months'),
      allowFewer: reader.flag('allow-fewer'),
    },
    plan: digestOf(reader, neededBy(['fetch', 'window', 'lay-out', 'publish'], 'plan', reader.optional('plan'))),
    window: neededBy(['fetch', 'window'], 'window', reader.optional('window')),
  };
  const known = STEPS.find((one) => one === step);
  if (step !== '' && known === undefined) reader.mistake(`step is ${quoted(step)}, expected ${STEPS.join(', ')}`);
  reader.done();
  return { ...inputs, step: known! };
}

function digestOf(reader: InputReader, plan: string): string {
  if (plan !== '' && !/^[0-9a-f]{16}$/.test(plan))
    reader.mistake(`plan is ${quoted(plan)}, expected the output plan of the step plan`);
  return plan;
}
