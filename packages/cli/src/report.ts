import { EXIT_CODES, type Failure } from '@sensor-warehouse/model/failure';
import { say } from './print';

/** Prints a failure, and gives its exit code. */
export function report(failure: Failure): number {
  say(failure.message);
  if (failure.details.class === 'bug' && failure.cause instanceof Error) {
    say(failure.cause.stack ?? '');
  }
  return EXIT_CODES[failure.details.class];
}
