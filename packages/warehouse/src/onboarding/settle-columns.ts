import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import type { Configuration, DataKey } from '@sensor-warehouse/model/configuration';
import { printable, quoted } from '@sensor-warehouse/model/finding';
import { cutPair, type Given, IGNORE, type Question } from './given';
import { dataKeyFor, locationFor, newDataKeyFor } from './proposals';
import type { PlannedColumn, SourcePlan } from './source-plan';

/** What is settled of the columns, and what has to be asked still. */
export type SettledColumns = Pick<SourcePlan, 'columns' | 'ignored' | 'dataKeys'>;

const DATA_KEY = /^[a-z][a-z0-9_]{0,59}$/;

/** Settles what each column is: a data_key at a location, or left out. */
export function settleColumns(
  look: SampleLook,
  given: Given,
  { dataKeys }: Configuration,
  id: string,
  locations: 'of-columns' | 'of-sensors',
  questions: Question[],
  mistakes: string[],
): SettledColumns {
  const columns = columnsToSettle(look);
  const labels = columns.map(({ label }) => label);
  const said = pairsSaid(given, 'column', labels, mistakes);
  const left = pairsSaid(
    { ...given, ignore: (given.ignore ?? []).map((one) => withReason(one, labels)) },
    'ignore',
    labels,
    mistakes,
  );
  const settled: PlannedColumn[] = [];
  for (const column of columns) {
    const { label } = column;
    const answer = said.get(label);
    if (answer !== undefined && left.has(label)) mistakes.push(`the column ${quoted(label)} is mapped and ignored`);
    if (left.has(label)) continue;
    const planned = answer === undefined ? undefined : plannedColumn(column, answer, locations, dataKeys, mistakes);
    if (planned !== undefined) settled.push(planned);
    if (answer === undefined) questions.push(optional(askColumn(column, [...dataKeys.values()], id, locations), look));
  }
  if (settled.length === 0 && questions.length === 0 && mistakes.length === 0) mistakes.push('no column is mapped');
  return {
    columns: settled,
    // Values of JSON that nobody asks for are no matter, and need no row.
    ignored: [...(look.json === undefined ? left : [])].map(([column, reason]) => ({
      column,
      reason: reason || 'not needed so far',
    })),
    dataKeys: newDataKeys(settled, columns, given, dataKeys, questions, mistakes),
  };
}

/** An answer of a service has many more values than anybody wants: what nothing suggests is left out unless it is named. */
function optional(question: Question, { json }: SampleLook): Question {
  return json === undefined || question.proposal !== undefined ? question : { ...question, proposal: IGNORE };
}

/** What has to be told: of a table with a row for each reading its quantities, in the place of the column of values. */
function columnsToSettle({
  columns,
  quantities,
  sensorColumn,
  quantityColumn,
  valueColumn,
}: SampleLook): SampleColumn[] {
  const roles = [sensorColumn.value, quantityColumn.value, valueColumn.value];
  const others = columns.filter(({ kind, label }) => kind !== 'time' && label !== '' && !roles.includes(label));
  return [...quantities, ...others];
}

/** The values of an option `label=value` by their labels. */
export function pairsSaid(
  given: Given,
  flag: 'column' | 'ignore' | 'sensor' | 'public-name' | 'data-key',
  known: readonly string[] | undefined,
  mistakes: string[],
  alsoKnown: readonly string[] = [],
): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const text of given[flag] ?? []) {
    const pair = cutPair(text, known ?? alsoKnown);
    if (pair === undefined) mistakes.push(`--${flag} ${quoted(text)} has no =`);
    else if (known !== undefined && !known.includes(pair[0]))
      mistakes.push(`--${flag} ${quoted(text)}: there is no ${quoted(pair[0])}, only ${known.map(quoted).join(', ')}`);
    else if (pairs.has(pair[0])) mistakes.push(`--${flag} says two things of ${quoted(pair[0])}`);
    else pairs.set(...pair);
  }
  return pairs;
}

/** A reason may follow the label. */
function withReason(text: string, labels: readonly string[]): string {
  return labels.includes(text) ? `${text}=` : text;
}

function plannedColumn(
  column: SampleColumn,
  answer: string,
  locations: 'of-columns' | 'of-sensors',
  dataKeys: Configuration['dataKeys'],
  mistakes: string[],
): PlannedColumn | undefined {
  const [dataKey, ...rest] = answer.split('@') as [string, ...string[]];
  const location = rest.join('@').trim();
  const wrong = (what: string) => {
    mistakes.push(`--column ${quoted(`${column.label}=${answer}`)}: ${what}`);
    return undefined;
  };
  if (!DATA_KEY.test(dataKey)) return wrong('a data_key is a name of small letters, digits and _');
  if (locations === 'of-columns' && location === '') return wrong('the location is missing: data_key@location');
  if (locations === 'of-sensors' && location !== '') return wrong('the sensor says the location, see --sensor');
  if (column.kind !== 'number') return wrong(`its cells are no numbers${shown(column)}`);
  if (column.strange.length > 0)
    return wrong(
      `some cells are no numbers: ${column.strange.map(quoted).join(', ')}; give --null-value if they mean no value`,
    );
  const unit = dataKeys.get(dataKey)?.unit;
  if (unit !== undefined && column.unit !== undefined && unit !== column.unit)
    return wrong(`it is in ${column.unit}, and ${dataKey} in ${unit}; nothing is converted by itself`);
  return { label: column.label, dataKey, location };
}

function shown({ distinct, kind }: SampleColumn): string {
  return kind === 'empty'
    ? ', all of them are empty'
    : ` but texts such as ${distinct.slice(0, 3).map(quoted).join(', ')}`;
}

function askColumn(
  column: SampleColumn,
  declared: readonly DataKey[],
  id: string,
  locations: 'of-columns' | 'of-sensors',
): Question {
  const { label, kind, unit, least, most, strange, mayBeId } = column;
  const prefix = `${label}=`;
  const flag = 'column' as const;
  const form = locations === 'of-columns' ? 'data_key@location' : 'data_key';
  if (kind !== 'number') {
    const text = `${quoted(label)} holds ${kind === 'empty' ? 'no value' : shown(column).replace(' but ', '')}: ${IGNORE} leaves it out`;
    return { flag, prefix, text, proposal: IGNORE };
  }
  const doubts = [
    unit === undefined ? '' : `in ${unit}`,
    mayBeId ? 'may be an id or a counter of rows' : '',
    strange.length > 0 ? `also ${strange.map(quoted).join(', ')}` : '',
  ].filter(Boolean);
  const text = `${quoted(label)}, ${least} to ${most}${doubts.map((one) => `, ${one}`).join('')}: its ${form}, or ${IGNORE} to leave it out`;
  const dataKey = dataKeyFor(column, declared);
  if (dataKey === undefined) return { flag, prefix, text };
  const proposal = locations === 'of-columns' ? `${dataKey}@${locationFor(label, id)}` : dataKey;
  return { flag, prefix, text, proposal };
}

const NUMBER = /^(-?\d+(\.\d+)?)?$/;

/** Rows for data_keys that are not declared: unit, quantity, how they add up, and the range in which they are believed. */
function newDataKeys(
  columns: readonly PlannedColumn[],
  looks: readonly SampleColumn[],
  given: Given,
  declared: Configuration['dataKeys'],
  questions: Question[],
  mistakes: string[],
): Record<string, string>[] {
  const used = [...new Set(columns.map(({ dataKey }) => dataKey))];
  const said = pairsSaid(given, 'data-key', undefined, mistakes);
  for (const key of said.keys()) {
    if (declared.has(key)) mistakes.push(`--data-key: ${quoted(key)} is declared in seeds/data_keys.csv already`);
    else if (!used.includes(key) && questions.length === 0)
      mistakes.push(`--data-key: no column is mapped to ${quoted(key)}`);
  }
  return used
    .filter((key) => !declared.has(key))
    .flatMap((key) => {
      const text = said.get(key);
      if (text === undefined) {
        const column = looks.find(({ label }) => columns.some((one) => one.label === label && one.dataKey === key));
        const proposal = newDataKeyFor(column);
        const what = `the new data_key ${key}: unit;quantity;additive or nonadditive;minimum;maximum (the last two may be left empty)`;
        questions.push({
          flag: 'data-key',
          prefix: `${key}=`,
          text: what,
          ...(proposal === undefined ? {} : { proposal }),
        });
        return [];
      }
      const row = dataKeyRow(key, text);
      if (row === undefined) {
        mistakes.push(
          `--data-key ${quoted(`${key}=${text}`)} is not ${key}=unit;quantity;additive or nonadditive;minimum;maximum[;description]`,
        );
        return [];
      }
      return [row];
    });
}

function dataKeyRow(key: string, text: string): Record<string, string> | undefined {
  const [unit = '', quantity = '', measurement = '', minimum = '', maximum = '', ...more] = text
    .split(';')
    .map((part) => part.trim());
  if (unit === '' || !DATA_KEY.test(quantity) || !/^(non)?additive$/.test(measurement)) return undefined;
  if (!NUMBER.test(minimum) || !NUMBER.test(maximum)) return undefined;
  const description = more.join(';') || printable(`${quantity} in ${unit}`);
  return { data_key: key, measurement, unit, quantity, minimum, maximum, description };
}
