import { info } from '@actions/core';
import { visible } from '@sensor-warehouse/model/finding';
import { withoutSecrets } from '@sensor-warehouse/model/secrets';

/** Writes text to the log so that the runner shows it and obeys none of it. */
export function say(text: string): void {
  for (const line of withoutSecrets(text).split(/\r\n|[\n\r]/)) info(inertLine(line));
}

/** The runner obeys `::command::` at the start of a line, and `##[command]` anywhere in it (actions/runner, ActionCommand.cs). */
export function inertLine(line: string): string {
  return visible(line)
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '#\\u0023[');
}
