import { visible } from '@sensor-warehouse/model/findings/finding';
import { withoutSecrets } from '@sensor-warehouse/model/secrets/secrets';
import { inertLine } from '@sensor-warehouse/model/seeds/inert-line';

// The one place where text leaves the command. In a workflow its standard output and error are the log that the runner obeys.

/** Results, to standard output: lines that each end with a line end. JSON stays the JSON that it was. */
export function printText(text: string): void {
  process.stdout.write(shownText(text));
}

/** Progress and findings, to standard error. */
export function tellText(text: string): void {
  process.stderr.write(shownText(text));
}

/** Lines as one text. A name that holds a line end stays in its line. */
export function joinLines(lines: readonly string[]): string {
  return `${lines.map(visible).join('\n')}\n`;
}

/** Secrets go before anything is escaped: in there they can no longer be recognised in any form. */
const shownText = (text: string) => withoutSecrets(text).split('\n').map(inertLine).join('\n');
