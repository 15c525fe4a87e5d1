import { Failure, type FailureClass } from '@sensor-warehouse/model/findings/failure';

/**
 * Codes that can concern one folder or file of a remote; a mistake in the configuration or in our code concerns all.
 */
const OF_ONE: readonly FailureClass[] = ['input', 'remote-temporary', 'remote-permanent'];
/** If this machine itself runs out of something, no source is to blame. */
const OF_THE_MACHINE = ['too-many-files', 'too-many-processes', 'out-of-memory', 'read-only'];

/**
 * The failure, if it need stop only its own source.
 * @throws any other error unchanged
 */
export function requireOfOneSource(error: unknown): Failure {
  if (!(error instanceof Failure)) throw error;
  const { class: its, code } = error.details;
  const isOfOne = OF_ONE.includes(its) || code === 'file-size-limit';
  if (!isOfOne || OF_THE_MACHINE.includes(code)) throw error;
  return error;
}
