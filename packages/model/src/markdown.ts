import { escapeMarkdown } from './escapes';
import { visible } from './finding';

/** Text in one line, without secrets, that Markdown, HTML and GitHub's links and mentions leave alone. */
export function inert(text: string): string {
  return escapeMarkdown(visible(text));
}
