import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';
import { POINTER_NAME } from '@sensor-warehouse/warehouse/layout/expected-pointer';

export interface CheckQualityInputs extends StageInputs {
  /** The pointer that was published last, as publish-parquet output it. */
  readonly expectedPointer: string | undefined;
}

export function readActionInputs(): CheckQualityInputs {
  const reader = readInputs('check-quality');
  const expectedPointer = reader.optional('expected-pointer');
  if (expectedPointer !== undefined && !POINTER_NAME.test(expectedPointer))
    reader.mistake('expected-pointer is not GENERATION-SHA256, as in the output pointer of publish-parquet');
  const inputs = { ...readRemoteInputs(reader), now: reader.instant('now'), expectedPointer };
  reader.done();
  return inputs;
}
