import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';
import { quoted } from '@sensor-warehouse/model/finding';

export function readActionInputs(): StageInputs {
  const reader = readInputs('influx-aggregate');
  const inputs = { ...readRemoteInputs(reader), now: reader.instant('now') };
  const engine = reader.required('engine');
  if (engine !== '' && engine !== 'embedded') reader.mistake(`engine is ${quoted(engine)}, expected embedded`);
  reader.done();
  return inputs;
}
