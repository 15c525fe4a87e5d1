import { ACCEPT } from './commands/accept';
import { ADD_DATASOURCE } from './commands/add-datasource';
import { BACKFILL } from './commands/backfill';
import { COMPARE } from './commands/compare';
import { CONTRACT } from './commands/contract';
import { DIFF } from './commands/diff';
import { EXPLORE } from './commands/explore';
import { HEAL } from './commands/heal';
import { IMPORT_LEGACY } from './commands/import-legacy';
import { MIGRATE } from './commands/migrate';
import { MODELS } from './commands/models';
import { PUBLISH } from './commands/publish';
import { REPLAY } from './commands/replay';
import { AGGREGATE_PUBLISH, REFRESH, RUN } from './commands/run';
import { DISCARD, RELEASE } from './commands/settle';
import { STATUS } from './commands/status';
import { SWEEP } from './commands/sweep';
import { VALIDATE } from './commands/validate';
import { VERIFY } from './commands/verify';
import type { Command } from './terminal/command';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  REFRESH,
  AGGREGATE_PUBLISH,
  BACKFILL,
  ADD_DATASOURCE,
  VALIDATE,
  ACCEPT,
  CONTRACT,
  MODELS,
  REPLAY,
  STATUS,
  VERIFY,
  HEAL,
  RELEASE,
  DISCARD,
  SWEEP,
  MIGRATE,
  IMPORT_LEGACY,
  DIFF,
  PUBLISH,
  COMPARE,
  EXPLORE,
];
