import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';
import { Failure } from '@sensor-warehouse/model/failure';
import { quoted } from '@sensor-warehouse/model/finding';

export function readActionInputs(): StageInputs {
  const reader = readInputs('influx-aggregate');
  const inputs = readRemoteInputs(reader);
  const engine = reader.required('engine');
  reader.done();
  if (engine !== 'embedded') {
    throw new Failure({
      stage: 'influx-aggregate',
      what: 'the engine is not known',
      found: quoted(engine),
      expected: 'embedded',
      fix: 'write engine: embedded',
      class: 'config',
      code: 'input-error',
    });
  }
  return inputs;
}
