import { readInputs } from '@sensor-warehouse/action-kit/inputs';

export interface GuardInputs {
  readonly workflow: string;
  readonly token: string;
}

export function readActionInputs(): GuardInputs {
  const reader = readInputs('upstream-guard');
  const inputs = { workflow: reader.required('workflow'), token: reader.required('github-token') };
  reader.done();
  return inputs;
}
