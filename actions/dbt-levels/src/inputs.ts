import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readWorkInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export interface LevelsInputs extends StageInputs {
  readonly python: string | undefined;
  readonly cache: boolean;
}

export function readActionInputs(): LevelsInputs {
  const reader = readInputs('dbt-levels');
  const inputs = { ...readWorkInputs(reader), python: reader.optional('python'), cache: reader.flag('cache') };
  reader.done();
  return inputs;
}
