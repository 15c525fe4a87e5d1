import type { Command } from './terminal/command';

const SHARED = `Options
  --remote NAME=FOLDER   bind a remote's name to a folder of this machine (may be repeated)
  --warehouse PLACE      the warehouse: remote:folder, or a local folder that starts with / or .
  --project FOLDER       the folder with seeds/ and the dbt project (default: .)
  --work FOLDER          keep the work folder here (default: a temporary folder, removed at the end)
  --rclone-config FILE   rclone's configuration, for remotes that are not bound
  --now INSTANT          use this as the current time, e.g. 2024-11-29T12:00:00Z, in tests and replays
  --window-months N      months of a source to merge and aggregate at a time (default: 2)
  --dry-run              report what would be done; change nothing outside the work folder
  --json                 print the result as JSON
  --help, --version
`;

const EXIT_CODES = `Exit codes
  0   done
  2   validate: a file was refused; refresh: all new uploads were refused; compare: hours differ;
      otherwise: a source is held, or a file cannot be used
  3   the configuration is wrong
  4   the remote failed; try again
  5   the remote failed, and will fail again
  70  a bug in this program
`;

/** `warehouse --help`. */
export function helpOfAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name, usage }) => `${name} ${usage}`.length));
  const lines = commands.map(
    ({ name, usage, summary }) => `  warehouse ${`${name} ${usage}`.padEnd(width)}  ${summary}`,
  );
  return `warehouse: turns sensor exports into a public hourly dataset

Usage
${lines.join('\n')}
  warehouse COMMAND --help${' '.repeat(Math.max(1, width - 12))} the options of one command

${SHARED}
${EXIT_CODES}
Examples
${commands.flatMap(({ examples }) => examples.slice(0, 1).map((line) => `  ${line}`)).join('\n')}
`;
}

/** `warehouse COMMAND --help`. */
export function helpOf({ name, usage, summary, options = {}, examples }: Command): string {
  const own = Object.entries(options).map(([option, { value, help }]) => ({
    left: `--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  }));
  const width = Math.max(21, ...own.map(({ left }) => left.length));
  const ownLines = own.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}\n`).join('');
  return `warehouse ${name} ${usage}

${summary}

${ownLines === '' ? '' : `Options of ${name}\n${ownLines}\n`}${SHARED}
${EXIT_CODES}
Examples
${examples.map((line) => `  ${line}`).join('\n')}
`;
}
