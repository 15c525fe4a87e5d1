import { parseArgs } from 'node:util';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { WINDOW_MONTHS } from '@sensor-warehouse/warehouse/run/context';
import { readClock, readWindowMonths } from '@sensor-warehouse/warehouse/shell/run-options';
import { COMMANDS } from './commands';
import type { Command, Options } from './terminal/command';
import { usage } from './terminal/usage';

/** @throws Failure (config) that says which option is wrong */
export function readOptions(argv: readonly string[]): Options {
  const command = commandOf(argv);
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv, command);
  } catch (error) {
    throw usage(printable((error as Error).message), command);
  }
  const { remote, warehouse, project, work, 'rclone-config': rcloneConfig, now: clock, ...rest } = parsed.values;
  const { 'dry-run': dryRun, json, 'window-months': months, ...own } = rest;
  const words = parsed.positionals.slice(1);
  requireWords(words, command);
  if (command.needsWarehouse && warehouse === undefined) throw usage('--warehouse is missing', command);
  return {
    command: command.name,
    words,
    remotes: remote ?? [],
    warehouse,
    project,
    work,
    rcloneConfig,
    now: clock === undefined ? Date.now() : instantOf(clock, command),
    windowMonths: monthsOf(months, command),
    dryRun,
    json,
    own: own as Options['own'],
  };
}

/** The command is the first word; options may come before it. */
function commandOf(argv: readonly string[]): Command {
  const named = COMMANDS.find(({ name }) => name === argv[0]);
  if (named !== undefined) return named;
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true, strict: false, options: SHARED });
  const found = COMMANDS.find(({ name }) => name === positionals[0]);
  if (found !== undefined) return found;
  throw usage(positionals[0] === undefined ? 'a command is missing' : `unknown command ${printable(positionals[0])}`);
}

function requireWords(words: readonly string[], command: Command): void {
  const { name = 'word', least = 0, most = 0 } = command.words ?? {};
  if (words.length < least)
    throw usage(`too few arguments for ${command.name}: expected at least ${least} (${name})`, command);
  if (words.length > most) throw usage(`${printable(words[most]!)} is one argument too many`, command);
}

function instantOf(text: string, command: Command): number {
  const instant = readClock(text);
  if (instant === undefined) throw usage(`--now ${printable(text)} is not a UTC instant`, command);
  return instant;
}

function monthsOf(text: string, command: Command): number {
  const windowMonths = readWindowMonths(text);
  if (windowMonths === undefined)
    throw usage(`--window-months ${printable(text)} is not a number from 1 to 99`, command);
  return windowMonths;
}

const SHARED = {
  remote: { type: 'string', multiple: true },
  warehouse: { type: 'string' },
  project: { type: 'string', default: '.' },
  work: { type: 'string' },
  'rclone-config': { type: 'string' },
  now: { type: 'string' },
  'window-months': { type: 'string', default: `${WINDOW_MONTHS}` },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

function parse(argv: readonly string[], { options = {} }: Command) {
  const own = Object.entries(options).map(([name, { value: _, help: __, ...option }]) => [name, option] as const);
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { ...Object.fromEntries(own), ...SHARED },
  }) as unknown as ReturnType<typeof parseShared>;
}

/** Only its type is used: what `parse` gives, whatever a command adds. */
const parseShared = () => parseArgs({ allowPositionals: true, options: SHARED });
