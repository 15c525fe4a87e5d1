import { type DbtInputs, readDbtInputs } from '@sensor-warehouse/action-kit/dbt-environment';
import { readInputs } from '@sensor-warehouse/action-kit/inputs';

export function readActionInputs(): DbtInputs {
  const reader = readInputs('dbt-levels');
  const inputs = readDbtInputs(reader);
  reader.done();
  return inputs;
}
