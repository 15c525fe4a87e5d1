import { symbolOf, takeUnit } from '@sensor-warehouse/intake/header/label-units';
import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { askColumns, countsRows, shown } from './ask-columns';
import { cutPair, type Given, IGNORE, type Question, type Unsettled } from './given';
import { DATA_KEY, keyFacts, newDataKeys } from './settle-data-keys';
import { kindsSaid, settleKind } from './settle-kinds';
import type { PlannedColumn, SourceOfColumns, SourcePlan } from './source-plan';

/** The settled columns, and the open questions. */
export type SettledColumns = Pick<SourcePlan, 'columns' | 'ignored' | 'dataKeys'>;

/** Settles what each column is: a data_key at a location, or left out. */
export function settleColumns(
  look: SampleLook,
  given: Given,
  source: SourceOfColumns,
  open: Unsettled,
): SettledColumns {
  const { dataKeys, locations } = source;
  const { questions, mistakes } = open;
  const columns = columnsToSettle(look);
  const labels = columns.map(({ label }) => label);
  const said = pairsSaid(given, 'column', labels, mistakes);
  const kinds = pairsSaid(given, 'kind', labels, mistakes);
  const left = columnsLeft(
    given,
    [...labels, ...(locations === 'of-sensors' ? look.sensors : [])],
    look.doubles,
    mistakes,
  );
  const settled: PlannedColumn[] = [];
  const unknown: SampleColumn[] = [];
  const placeless = new Map<string, string>();
  for (const column of columns) {
    const { label } = column;
    const answer = said.get(label);
    if (answer !== undefined && left.has(label)) mistakes.push(`the column ${quoted(label)} is mapped and ignored`);
    if (kinds.get(label) === IGNORE) left.set(label, left.get(label) ?? '');
    if (left.has(label)) continue;
    const planned = answer === undefined ? undefined : plannedColumn(column, answer, locations, dataKeys, mistakes);
    // The quantity of a column may be known, but not its location.
    if (planned !== undefined && locations === 'of-columns' && planned.location === '')
      placeless.set(label, planned.dataKey);
    else if (planned !== undefined) settled.push(planned);
    if (answer === undefined || placeless.has(label)) unknown.push(column);
  }
  const asked = askColumns(unknown, placeless, settled, source);
  questions.push(...asked.map((question) => optional(question, look)));
  if (settled.length === 0 && questions.length === 0 && mistakes.length === 0) mistakes.push('no column is mapped');
  const keys = pairsSaid(given, 'data-key', undefined, mistakes);
  const told = kindsSaid(kinds, mistakes);
  const kindOf = new Map(
    settled.map((planned) => {
      const column = columns.find(({ label }) => label === planned.label)!;
      const facts = keyFacts(dataKeys.get(planned.dataKey), keys.get(planned.dataKey));
      return [planned, settleKind(planned, column, facts, told.get(planned.label), open)] as const;
    }),
  );
  return {
    columns: settled,
    // Values of JSON that nobody asks for do not matter, and need no row.
    ignored: [...(look.json === undefined ? left : [])].map(([column, reason]) => ({
      column,
      reason:
        reason ||
        (columns.some((one) => one.label === column && countsRows(one)) ? 'counts the rows' : 'not needed so far'),
    })),
    dataKeys: newDataKeys(kindOf, columns, keys, dataKeys, open),
  };
}

/** An answer of a service has many more values than anybody wants: what nothing suggests is left out unless it is named. */
function optional(question: Question, { json }: SampleLook): Question {
  return json === undefined || question.proposal !== undefined ? question : { ...question, proposal: IGNORE };
}

/** The columns that `--ignore` names, each with the reason that was given. A label that occurs twice names all of its columns. */
function columnsLeft(
  given: Given,
  labels: readonly string[],
  doubles: SampleLook['doubles'],
  mistakes: string[],
): Map<string, string> {
  const known = [...labels, ...doubles.keys()];
  const ignore = (given.ignore ?? []).map((one) => (known.includes(one) ? `${one}=` : one));
  const left = new Map<string, string>();
  for (const [label, reason] of pairsSaid({ ...given, ignore }, 'ignore', known, mistakes))
    for (const one of doubles.get(label) ?? [label]) left.set(one, reason);
  return left;
}

/** What has to be reported: of a table with a row for each reading its quantities, in the place of the column of values. */
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

/** The values of an option `label=value` by their labels. A data_key of a column may be completed by its location later. */
export function pairsSaid(
  given: Given,
  flag: 'column' | 'kind' | 'ignore' | 'sensor' | 'public-name' | 'data-key',
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
    else if (
      pairs.has(pair[0]) &&
      !(flag === 'column' && pair[1].startsWith(`${pairs.get(pair[0])!.replace(/@\s*$/, '')}@`))
    )
      mistakes.push(`--${flag} is given twice, with different values, for ${quoted(pair[0])}`);
    else pairs.set(...pair);
  }
  return pairs;
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
  if (!DATA_KEY.test(dataKey)) return wrong('a data_key is a name of lower-case letters, digits and _');
  if (locations === 'of-sensors' && location !== '') return wrong('the sensor determines the location, see --sensor');
  if (column.kind !== 'number') return wrong(`its cells are not numbers${shown(column)}`);
  if (column.strange.length > 0)
    return wrong(
      `some cells are not numbers: ${column.strange.map(quoted).join(', ')}; give --null-value if they mean no value`,
    );
  const written = new Set([takeUnit(column.heading).symbol, ...column.cellUnits.map((one) => symbolOf(one) ?? one)]);
  written.delete(undefined);
  if (written.size > 1) return wrong(`it is in ${[...written].join(' and in ')}; nothing is converted automatically`);
  const unit = dataKeys.get(dataKey)?.unit;
  if (unit !== undefined && column.unit !== undefined && (symbolOf(unit) ?? unit) !== column.unit)
    return wrong(`it is in ${column.unit}, and ${dataKey} in ${unit}; nothing is converted automatically`);
  return { label: column.label, dataKey, location };
}
