import { info } from '@actions/core';
import { inertLine } from '@sensor-warehouse/model/inert-line';

/** Writes text to the log so that the runner shows it and obeys none of it. */
export function say(text: string): void {
  for (const line of text.split(/\r\n|[\n\r]/)) info(inertLine(line));
}

export { inertLine };
