import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readWorkInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export interface TransformInputs extends StageInputs {
  readonly python: string | undefined;
  readonly cache: boolean;
}

export function readActionInputs(): TransformInputs {
  const reader = readInputs('transform');
  const inputs = { ...readWorkInputs(reader), python: reader.optional('python'), cache: reader.flag('cache') };
  reader.done();
  return inputs;
}
