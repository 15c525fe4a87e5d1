import { causeChain, Failure } from './failure';
import { ioFailure } from './io-failure';

/**
 * Turns whatever was thrown into a Failure: what the system refused is reported as that, anything else is a bug, with the whole
 * chain of causes in its text.
 * @param folder where the stage writes, for refusals that name no path
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
