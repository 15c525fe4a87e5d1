import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { matchHeader } from '../header/header';
import { decideFormat } from '../opening/decide-format';
import type { Opening } from '../opening/opening';
import { UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import type { Diagnosis } from './mismatches';
import { causesOfRejections } from './rejected-rows';

/**
 * Other problems in the rows of a file whose labels can be accepted: a program that renames columns may also write
 * times or numbers differently. Reporting them now lets a person accept everything at once. Empty if some label cannot
 * be accepted.
 */
export async function afterAcceptance(
  file: TextFile,
  fileName: string,
  opening: Opening,
  doubts: readonly Diagnosis[],
  datasource: Datasource,
): Promise<Diagnosis[]> {
  const errors = doubts.filter(({ severity }) => severity === 'error');
  if (errors.length === 0 || errors.some(({ accept }) => accept === undefined)) return [];
  const edits = errors.flatMap(({ accept }) => accept!.edits);
  const aliases = new Map(
    edits.flatMap((edit) => (edit.kind === 'alias' ? [[edit.label, edit.standsFor] as const] : [])),
  );
  const labels = opening.labels.map((label) => aliases.get(label) ?? label);
  const { header } = matchHeader(labels, datasource);
  if (header.timeAt.some((at) => at < 0)) return [];
  const error = (problem: Omit<Diagnosis, 'severity'>): Diagnosis => ({ severity: 'error', ...problem });
  try {
    const format = await decideFormat(file, fileName, datasource, { ...opening, labels }, header);
    const causes = await causesOfRejections(file, { headerLine: opening.headerLine, header, format, datasource });
    return causes.map(({ problem }) => error(problem));
  } catch (thrown) {
    if (!(thrown instanceof UnreadableFile)) throw thrown;
    return [error(thrown.problem)];
  }
}
