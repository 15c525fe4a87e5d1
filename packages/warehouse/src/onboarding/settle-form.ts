import type { DeclaredForm, SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { Told } from '@sensor-warehouse/intake/sample/told';
import { checkFormat } from '@sensor-warehouse/model/datetime-formats';
import { quoted } from '@sensor-warehouse/model/finding';
import { SEED_SCHEMAS } from '@sensor-warehouse/model/seed-schemas';
import { type Flag, type Given, type Question, saidOf } from './given';

const FIELDS = SEED_SCHEMAS.datasources_config.properties;
const namesOf = ({ enum: names }: { readonly enum: readonly string[] }) => names.filter(Boolean);
const ENCODINGS = namesOf(FIELDS.encoding as { readonly enum: readonly string[] });
const DELIMITERS = namesOf(FIELDS.delimiter as { readonly enum: readonly string[] });
const TYPES = ['json', 'api'];
const LAYOUTS = namesOf(FIELDS.layout as { readonly enum: readonly string[] });

/** What was said of the form of the samples; what cannot be that goes to `mistakes`. */
export function declaredForm(given: Given, mistakes: string[]): DeclaredForm {
  const oneOf = (flag: Flag, allowed: readonly string[]) => {
    const value = saidOf(given, flag);
    if (value === undefined || allowed.includes(value)) return value;
    mistakes.push(`--${flag} ${quoted(value)} is none of ${allowed.join(' ')}`);
    return undefined;
  };
  const encoding = oneOf('encoding', ENCODINGS);
  const delimiter = oneOf('delimiter', DELIMITERS);
  const decimal = oneOf('decimal', ['.', ',']);
  const layout = oneOf('layout', LAYOUTS);
  oneOf('type', TYPES);
  const records = saidOf(given, 'records');
  const datetimeFormat = saidOf(given, 'datetime-format');
  for (const format of datetimeFormat?.split('|') ?? []) {
    try {
      checkFormat(format);
    } catch (error) {
      mistakes.push(`--datetime-format ${quoted(format)}: ${(error as Error).message}`);
    }
  }
  const timeColumns = given['time-column']?.flatMap((one) => one.split(';')).map((label) => label.trim());
  const nullValues = given['null-value'] ?? [];
  for (const token of nullValues) if (token.includes(';')) mistakes.push(`--null-value ${quoted(token)} holds a ;`);
  const sensorPattern = saidOf(given, 'sensor-pattern');
  const sensorColumn = saidOf(given, 'sensor-column');
  const quantityColumn = saidOf(given, 'quantity-column');
  const valueColumn = saidOf(given, 'value-column');
  return {
    nullValues,
    ...(records === undefined ? {} : { records }),
    ...(sensorPattern === undefined ? {} : { sensorPattern }),
    ...(sensorColumn === undefined ? {} : { sensorColumn }),
    ...(quantityColumn === undefined ? {} : { quantityColumn }),
    ...(valueColumn === undefined ? {} : { valueColumn }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === 'tab' ? '\t' : delimiter }),
    ...(decimal === undefined ? {} : { decimal: decimal as '.' | ',' }),
    ...(layout === undefined ? {} : { layout: layout as NonNullable<DeclaredForm['layout']> }),
    ...(datetimeFormat === undefined ? {} : { datetimeFormat }),
    ...(timeColumns === undefined ? {} : { timeColumns }),
  };
}

/** What the samples leave open. Nothing is proposed: what they tell as little as a coin is never guessed. */
export function openQuestions(look: SampleLook): Question[] {
  const ask = <T>(flag: Flag, what: string, one: Told<T>, text: (choice: T) => string): Question[] =>
    one.value === undefined
      ? [{ flag, prefix: '', text: `${what} (${one.evidence})`, choices: one.choices.map(text) }]
      : [];
  return [
    ...(look.json === undefined
      ? []
      : ask('records', 'the list whose items are the records; . is the document itself', look.json.records, String)),
    ...ask('encoding', 'the encoding of the files', look.encoding, String),
    ...ask('delimiter', 'what separates the columns', look.delimiter, (mark) => (mark === '\t' ? 'tab' : mark)),
    ...ask('decimal', 'the decimal mark of numbers', look.decimal, String),
    ...ask('time-column', 'the column that holds the time', look.timeColumns, (labels) => labels.join(';')),
    ...ask('datetime-format', 'how dates are written', look.datetimeFormat, String),
    ...ask('layout', 'how the files are arranged', look.layout, String),
    ...ask('sensor-column', 'the column that names the sensor of a row', look.sensorColumn, String),
    ...ask('quantity-column', 'the column that names what a row measured', look.quantityColumn, String),
    ...ask('value-column', 'the column of values', look.valueColumn, String),
  ];
}
