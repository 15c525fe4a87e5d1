import type { Command } from './command';
import { BACKFILL } from './commands/backfill';
import { HEAL } from './commands/heal';
import { AGGREGATE_PUBLISH, REFRESH, RUN } from './commands/run';
import { DISCARD, RELEASE } from './commands/settle';
import { STATUS } from './commands/status';
import { SWEEP } from './commands/sweep';
import { VALIDATE } from './commands/validate';
import { VERIFY } from './commands/verify';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  REFRESH,
  AGGREGATE_PUBLISH,
  BACKFILL,
  VALIDATE,
  STATUS,
  VERIFY,
  HEAL,
  RELEASE,
  DISCARD,
  SWEEP,
];
