import { oddSignsIn } from '@sensor-warehouse/intake/sample/odd-signs';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import { isEpoch } from '@sensor-warehouse/intake/sample/time-parts';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { IGNORE, type Question } from './given';
import { dataKeyFor, locationFor } from './proposals';
import type { PlannedColumn, SourceOfColumns } from './source-plan';

/** The cells of a column without numbers, with names for invisible signs. */
export function shown({ distinct, strange, kind }: SampleColumn): string {
  if (kind === 'empty') return ', all of them are empty';
  const texts = (strange.length > 0 ? strange : distinct).slice(0, 3);
  const odd = texts.map(oddSignsIn).find((names) => names !== '');
  return ` but texts such as ${texts.map(quoted).join(', ')}${odd === undefined ? '' : ` (with a ${odd})`}`;
}

/**
 * A question for each column. Two that would be the same series are both asked without a proposal: it would be guessed.
 * @param placeless data_keys that were said without a location, by labels
 */
export function askColumns(
  open: readonly SampleColumn[],
  placeless: ReadonlyMap<string, string>,
  settled: readonly PlannedColumn[],
  source: SourceOfColumns,
): Question[] {
  const questions = open.map((column) => {
    const dataKey = placeless.get(column.label);
    return dataKey === undefined ? askColumn(column, source) : askPlace(column, dataKey, source.id);
  });
  const taken = settled.map(({ dataKey, location }) => (location === '' ? dataKey : `${dataKey}@${location}`));
  const all = [...taken, ...questions.flatMap(({ proposal }) => proposal ?? [])];
  return questions.map((question) => {
    const { proposal, ...rest } = question;
    if (proposal === undefined || proposal === IGNORE || all.indexOf(proposal) === all.lastIndexOf(proposal))
      return question;
    return { ...rest, text: `${rest.text} (${proposal} would be another column, too)` };
  });
}

/** A program that writes tables puts the numbers of its rows, from zero or one on, into a column without a label. */
export function countsRows({ mayBeId, heading, least }: SampleColumn): boolean {
  return mayBeId && heading === '' && (least === 0 || least === 1);
}

/** The place of a column whose meaning was given. */
function askPlace({ label, heading }: SampleColumn, dataKey: string, id: string): Question {
  const text = `where ${quoted(label)} is: data_key@location`;
  return { flag: 'column', prefix: `${label}=`, text, proposal: `${dataKey}@${locationFor(heading, id)}` };
}

function askColumn(column: SampleColumn, { id, locations, dataKeys }: SourceOfColumns): Question {
  const { label, heading, kind, unit, least, most, strange, mayBeId, cellUnits } = column;
  const name =
    label === heading
      ? quoted(label)
      : `${quoted(label)}, ${heading === '' ? 'without a label' : `one that is labelled ${quoted(heading)}`}`;
  const prefix = `${label}=`;
  const flag = 'column' as const;
  const form = locations === 'of-columns' ? 'data_key@location' : 'data_key';
  if (kind !== 'number') {
    const holds = `${name} holds ${kind === 'empty' ? 'no value' : shown(column).replace(' but ', '')}`;
    const doubt = column.likeNumbers
      ? ', which look like numbers and are not read'
      : column.likeClock
        ? ', which look like times of day: name it with --time-column if they belong to the time'
        : '';
    const text = `${holds}${doubt}: ${IGNORE} leaves it out`;
    return doubt === '' ? { flag, prefix, text, proposal: IGNORE } : { flag, prefix, text };
  }
  const doubts = [
    unit === undefined ? '' : `in ${unit}`,
    cellUnits.length > 0 ? `with ${cellUnits.map(quoted).join(' or ')} in each cell` : '',
    mayBeId ? 'may be an id or a counter of rows' : '',
    strange.length > 0 ? `also ${strange.map(quoted).join(', ')}` : '',
  ].filter(Boolean);
  const text = `${name}, ${least} to ${most}${doubts.map((one) => `, ${one}`).join('')}: its ${form}, or ${IGNORE} to leave it out`;
  if (countsRows(column)) return { flag, prefix, text, proposal: IGNORE };
  // Another way to write the time of the row.
  if (/time|date|epoch|unix/iu.test(heading) && isEpoch(String(least)) && isEpoch(String(most)))
    return { flag, prefix, text, proposal: IGNORE };
  const dataKey = dataKeyFor(column, [...dataKeys.values()]);
  if (dataKey === undefined || cellUnits.length > 0) return { flag, prefix, text };
  const proposal = locations === 'of-columns' ? `${dataKey}@${locationFor(heading, id)}` : dataKey;
  return { flag, prefix, text, proposal };
}
