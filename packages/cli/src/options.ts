import { parseArgs } from 'node:util';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';

export const COMMANDS = ['run', 'refresh', 'aggregate-publish', 'validate', 'status'] as const;
export type Command = (typeof COMMANDS)[number];

/** The command line, checked. */
export interface Options {
  readonly command: Command;
  readonly files: readonly string[];
  readonly remotes: readonly string[];
  readonly warehouse: string | undefined;
  readonly project: string;
  readonly work: string | undefined;
  readonly rcloneConfig: string | undefined;
  readonly now: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export const HELP = `warehouse: turns sensor exports into a public hourly dataset

Usage
  warehouse run                --warehouse PLACE [options]   refresh, then aggregate and publish
  warehouse refresh            --warehouse PLACE [options]   uploads → facts, waiting in the warehouse
  warehouse aggregate-publish  --warehouse PLACE [options]   waiting facts → archive and dataset
  warehouse validate FILE…                                   check exports against the contracts, change nothing
  warehouse status             --warehouse PLACE             what is published, waiting and held

Options
  --remote NAME=FOLDER   bind a remote's name to a folder of this machine (may be repeated)
  --warehouse PLACE      where the warehouse lies: remote:folder, or a folder that begins with / or .
  --engine NAME          embedded (the default: no server)
  --project FOLDER       the folder with seeds/ and the dbt project (default: .)
  --work FOLDER          keep the work folder here (default: a temporary one, removed at the end)
  --rclone-config FILE   configuration of rclone for remotes that are not bound
  --now INSTANT          the clock, such as 2024-11-29T12:00:00Z, for tests and replays
  --dry-run              tell what would be done; change nothing outside the work folder
  --json                 print the result as JSON
  --help, --version

Exit codes
  0 done   2 validate: a file was refused; refresh: all new uploads were; else: a source is held
  3 configuration   4 the remote, try again   5 the remote, for good   70 a defect of this program

Examples
  warehouse run --remote sm2drive=./drive --warehouse sm2drive:Warehouse
  warehouse run --remote sm2drive=./drive --warehouse ./warehouse --dry-run
  warehouse validate Graph_sm2_01.csv
`;

/** @throws Failure (config) that says which option is wrong */
export function readOptions(argv: readonly string[]): Options {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    throw usage(printable((error as Error).message));
  }
  const { values, positionals } = parsed;
  const [command, ...files] = positionals;
  if (!COMMANDS.includes(command as Command)) {
    throw usage(command === undefined ? 'no command was given' : `there is no command ${printable(command)}`);
  }
  if (values.engine !== 'embedded') throw usage(`there is no engine ${printable(values.engine)} here`);
  if (command === 'validate' ? files.length === 0 : files.length > 0) {
    throw usage(
      command === 'validate' ? 'validate needs at least one file' : `${printable(files[0]!)} is one word too many`,
    );
  }
  if (command !== 'validate' && values.warehouse === undefined) throw usage('--warehouse is missing');
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  if (Number.isNaN(now) || (values.now !== undefined && !values.now.endsWith('Z'))) {
    throw usage(`--now ${printable(values.now ?? '')} is no UTC instant`);
  }
  return {
    command: command as Command,
    files,
    remotes: values.remote ?? [],
    warehouse: values.warehouse,
    project: values.project,
    work: values.work,
    rcloneConfig: values['rclone-config'],
    now,
    dryRun: values['dry-run'],
    json: values.json,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      remote: { type: 'string', multiple: true },
      warehouse: { type: 'string' },
      engine: { type: 'string', default: 'embedded' },
      project: { type: 'string', default: '.' },
      work: { type: 'string' },
      'rclone-config': { type: 'string' },
      now: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
}

function usage(what: string): Failure {
  return new Failure({
    stage: 'warehouse',
    what,
    fix: 'see warehouse --help',
    class: 'config',
    code: 'usage',
    consequence: 'nothing was done',
  });
}
