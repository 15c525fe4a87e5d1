import { EXIT_CODES, type Failure } from '@sensor-warehouse/model/findings/failure';
import { tellText } from './print';

/** Prints a failure, and gives its exit code. */
export function report(failure: Failure): number {
  tellText(`${failure.message}\n`);
  if (failure.details.class === 'bug' && failure.cause instanceof Error) {
    tellText(`${failure.cause.stack}\n`);
  }
  return EXIT_CODES[failure.details.class];
}
