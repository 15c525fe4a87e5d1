import type { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Command } from '../terminal/command';

/** The option of commands that publish; `contextOfOptions` reads it. */
export const PUBLISH_TO: NonNullable<Command['options']> = {
  'publish-to': {
    type: 'string',
    value: 'PLACE',
    help: 'a second place for readers: remote:folder, or a local folder that starts with / or .; see docs/publish.md',
  },
};

/** A result as JSON shows it: a failure is one line. */
export function withFailureLine<Result extends { readonly readersFailure?: Failure | undefined }>({
  readersFailure,
  ...result
}: Result): object {
  return readersFailure === undefined ? result : { ...result, readersFailure: readersFailure.message };
}
