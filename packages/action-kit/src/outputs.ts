import { setOutput as setOnRunner } from '@actions/core';
import { withoutSecrets } from '@sensor-warehouse/model/secrets/secrets';

/** Sets an output of the step, as text without secrets. */
export function setOutput(name: string, value: string): void {
  setOnRunner(name, withoutSecrets(value));
}
