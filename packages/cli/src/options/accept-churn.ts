import type { Command } from '../terminal/command';

/** The option of commands that publish; `contextOfOptions` reads it. */
export const ACCEPT_CHURN: NonNullable<Command['options']> = {
  'accept-churn': {
    type: 'boolean',
    default: false,
    help: 'publish even if this changes more than seeds/release_limits.csv allows',
  },
};
