import { info } from '@actions/core';
import { withoutSecrets } from '@sensor-warehouse/model/secrets/secrets';
import { inertLine } from '@sensor-warehouse/model/seeds/inert-line';

/** Writes text to the log so that the runner shows it and obeys none of it. */
export function say(text: string): void {
  for (const line of withoutSecrets(text).split(/\r\n|[\n\r]/)) info(inertLine(line));
}

export { inertLine };
