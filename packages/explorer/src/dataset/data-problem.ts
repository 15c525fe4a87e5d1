/**
 * Why the data cannot be shown. `network`: no answer, or an error of the server. `absent`: there is no dataset here.
 * `form`: written in a form that this page does not read. `changed`: published again while the page was open.
 */
export type ProblemKind = 'network' | 'absent' | 'form' | 'changed';

export class DataProblem extends Error {
  constructor(
    readonly kind: ProblemKind,
    message: string,
  ) {
    super(message);
  }
}
