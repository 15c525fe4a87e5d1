import { escapeMarkdown } from '../secrets/escapes';
import { visible } from './finding';

/** Text in one line, without secrets, that Markdown, HTML and GitHub's links and mentions leave alone. */
export function inert(text: string): string {
  return escapeMarkdown(visible(text));
}

/** Text in one line as code: shown as it is, since Markdown reads nothing inside. */
export function codeSpan(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const apart = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${apart}${shown}${apart}${fence}`;
}

/** Code in a cell of a table, where a bar ends the cell, also in code; no code there can show a backslash before a bar. */
export function codeInCell(text: string): string {
  return text.includes('\\|') ? inert(text) : codeSpan(text).replaceAll('|', '\\|');
}

/** A table of texts. @param head is ours, and Markdown */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [rowOf(head), rowOf(head.map(() => '---')), ...rows.map((row) => rowOf(row.map(inert)))];
}

const rowOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
