import { readInputs } from '@sensor-warehouse/action-kit/inputs';

export interface GuardInputs {
  readonly workflow: string;
  readonly token: string;
}

export function readActionInputs(): GuardInputs {
  const reader = readInputs('upstream-guard');
  const workflow = reader.required('workflow');
  const token = reader.secret('github-token') ?? '';
  if (token === '') reader.mistake('github-token is missing');
  if (!/^[\x21-\x7e]*$/.test(token)) reader.mistake('github-token contains an invalid character');
  reader.done();
  return { workflow, token };
}
