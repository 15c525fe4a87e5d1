import { Failure, type FailureClass } from '@sensor-warehouse/model/findings/failure';

/** What can be about one folder or one file of a remote; a mistake of the configuration or of ours is about all of them. */
const OF_ONE: readonly FailureClass[] = ['input', 'remote-temporary', 'remote-permanent'];
/** Where this machine itself is at its end, no source is to blame. */
const OF_THE_MACHINE = ['too-many-files', 'too-many-processes', 'out-of-memory', 'read-only'];

/** The failure, if it need stop no more than the source that it is about. @throws anything else, as it is */
export function requireOfOneSource(error: unknown): Failure {
  if (!(error instanceof Failure)) throw error;
  const { class: its, code } = error.details;
  const isOfOne = OF_ONE.includes(its) || code === 'file-size-limit';
  if (!isOfOne || OF_THE_MACHINE.includes(code)) throw error;
  return error;
}
