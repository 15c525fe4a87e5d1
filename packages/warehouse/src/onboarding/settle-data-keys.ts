import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration, DataKey } from '@sensor-warehouse/model/seeds/configuration';
import type { Question, Unsettled } from './given';
import { doubtOfRange, newDataKeyFor } from './proposals';
import type { KeyFacts, SettledKind } from './settle-kinds';
import type { PlannedColumn } from './source-plan';

/** Valid names of a data_key. */
export const DATA_KEY = /^[a-z][a-z0-9_]{0,59}$/;

/** The known facts about a data_key, from its seed or from the answers. */
export function keyFacts(declared: DataKey | undefined, said: string | undefined): KeyFacts {
  if (declared !== undefined) return { ...declared, isNew: false };
  const row = said === undefined ? undefined : dataKeyRow('', said);
  if (row === undefined) return { isNew: true };
  const { unit, quantity, measurement } = row as {
    unit: string;
    quantity: string;
    measurement: DataKey['measurement'];
  };
  return { unit, quantity, measurement, isNew: true };
}

const NUMBER = /^(-?\d+(\.\d+)?)?$/;

/** Rows for data_keys that are not declared: unit, quantity, how they add up, and the range in which they are believed. */
export function newDataKeys(
  kindOf: ReadonlyMap<PlannedColumn, SettledKind>,
  looks: readonly SampleColumn[],
  said: ReadonlyMap<string, string>,
  declared: Configuration['dataKeys'],
  { questions, mistakes }: Unsettled,
): Record<string, string>[] {
  const columns = [...kindOf.keys()];
  const used = [...new Set(columns.map(({ dataKey }) => dataKey))];
  for (const key of said.keys()) {
    if (declared.has(key)) mistakes.push(`--data-key: ${quoted(key)} is declared in seeds/data_keys.csv already`);
    else if (!used.includes(key) && questions.length === 0)
      mistakes.push(`--data-key: no column is mapped to ${quoted(key)}`);
  }
  return used
    .filter((key) => !declared.has(key))
    .flatMap((key) => {
      const text = said.get(key);
      const of = columns.filter(({ dataKey }) => dataKey === key);
      if (text === undefined) {
        const kinds = new Set(of.map((one) => kindOf.get(one)));
        // How it adds up is not known as long as a question about its column is open.
        if (kinds.has(undefined)) return [];
        const own = looks.filter(({ label }) => of.some((one) => one.label === label));
        questions.push(askDataKey(key, own, kinds.has('interval') && kinds.size === 1 ? 'additive' : 'nonadditive'));
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

function askDataKey(key: string, columns: readonly SampleColumn[], measurement: DataKey['measurement']): Question {
  const proposal = newDataKeyFor(columns, measurement);
  const text = `the new data_key ${key}: unit;quantity;additive or nonadditive;minimum;maximum (the last two may be left empty)${doubtOfRange(columns)}`;
  return { flag: 'data-key', prefix: `${key}=`, text, ...(proposal === undefined ? {} : { proposal }) };
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
