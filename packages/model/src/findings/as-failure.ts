import { causeChain, Failure } from './failure';
import { ioFailure } from './io-failure';

/**
 * Turns anything thrown into a Failure: a system error is reported as such, anything else as a bug, with the whole
 * chain of causes in its text.
 * @param folder where the stage writes, for system errors without a path
 */
export function asFailure(thrown: unknown, stage: string, folder?: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const refused = ioFailure(thrown, { stage, ...(folder === undefined ? {} : { folder }) });
  if (refused !== undefined) return refused;
  return new Failure({
    stage,
    what: causeChain(thrown),
    fix: 'this is a bug in the program: report it with the debug log',
    class: 'bug',
    code: 'unexpected',
    cause: thrown,
  });
}
