import { EXIT_CODES, type Failure } from '@sensor-warehouse/model/failure';

/** Prints a failure, and gives its exit code. */
export function report(failure: Failure): number {
  process.stderr.write(`${failure.message}\n`);
  if (failure.details.class === 'bug' && failure.cause instanceof Error) {
    process.stderr.write(`${failure.cause.stack}\n`);
  }
  return EXIT_CODES[failure.details.class];
}
