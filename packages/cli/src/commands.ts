import type { Command } from './command';
import { BACKFILL } from './commands/backfill';
import { COMPARE } from './commands/compare';
import { IMPORT_LEGACY } from './commands/import-legacy';
import { AGGREGATE_PUBLISH, REFRESH, RUN } from './commands/run';
import { STATUS } from './commands/status';
import { VALIDATE } from './commands/validate';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  REFRESH,
  AGGREGATE_PUBLISH,
  BACKFILL,
  VALIDATE,
  STATUS,
  IMPORT_LEGACY,
  COMPARE,
];
