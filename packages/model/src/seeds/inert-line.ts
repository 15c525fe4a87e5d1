import { visible } from '../findings/finding';

/**
 * One line for a log or a terminal: shown in full, and obeyed by neither. The runner takes `::command::` at the start of a
 * line and `##[command]` anywhere in it for its own (actions/runner, ActionCommand.cs).
 */
export function inertLine(line: string): string {
  return visible(line)
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '#\\u0023[');
}
