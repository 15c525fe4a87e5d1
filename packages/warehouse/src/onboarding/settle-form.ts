import type { DeclaredForm, SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { Told } from '@sensor-warehouse/intake/sample/told';
import { millisecondsOf } from '@sensor-warehouse/intake/sample/zone-names';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { SEED_SCHEMAS } from '@sensor-warehouse/model/seeds/seed-schemas';
import { checkFormat } from '@sensor-warehouse/model/time/datetime-formats';
import { type Flag, type Given, type Question, saidOf } from './given';

const FIELDS = SEED_SCHEMAS.datasources_config.properties;
const namesOf = ({ enum: names }: { readonly enum: readonly string[] }) => names.filter(Boolean);
const ENCODINGS = namesOf(FIELDS.encoding as { readonly enum: readonly string[] });
const DELIMITERS = namesOf(FIELDS.delimiter as { readonly enum: readonly string[] });
/** The answer that says that no mark groups digits. */
const NO_MARK = 'none';
const THOUSANDS = [...namesOf(FIELDS.thousands as { readonly enum: readonly string[] }), NO_MARK];
const TYPES = ['json', 'api'];
const LAYOUTS = namesOf(FIELDS.layout as { readonly enum: readonly string[] });

/** The answers about the form of the samples; invalid ones go to `mistakes`. */
export function declaredForm(given: Given, mistakes: string[]): DeclaredForm {
  const oneOf = (flag: Flag, allowed: readonly string[]) => {
    const value = saidOf(given, flag);
    if (value === undefined || allowed.includes(value)) return value;
    mistakes.push(`--${flag} ${quoted(value)} is not one of ${allowed.join(' ')}`);
    return undefined;
  };
  const encoding = oneOf('encoding', ENCODINGS);
  const delimiter = oneOf('delimiter', DELIMITERS);
  const decimal = oneOf('decimal', ['.', ',']);
  const thousands = oneOf('thousands', THOUSANDS);
  const finalLineEnd = oneOf('final-line-end', ['required', 'optional']);
  const skipped = saidOf(given, 'skip-lines');
  const skipLines = skipped !== undefined && /^\d{1,4}$/.test(skipped) ? Number(skipped) : undefined;
  if (skipped !== undefined && skipLines === undefined)
    mistakes.push(`--skip-lines ${quoted(skipped)} is not a number of lines`);
  const layout = oneOf('layout', LAYOUTS);
  const timeLabel = oneOf('time-label', ['start', 'end']);
  const zoneNames = zoneNamesSaid(given, mistakes);
  oneOf('type', TYPES);
  const records = saidOf(given, 'records');
  const datetimeFormat = saidOf(given, 'datetime-format');
  for (const format of datetimeFormat?.split('|') ?? []) {
    try {
      checkFormat(format, zoneNames.size > 0 ? zoneNames : ANY_ZONE);
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
    ...(given.ignore === undefined ? {} : { ignored: given.ignore.map((one) => one.replace(/=.*$/s, '')) }),
    ...(records === undefined ? {} : { records }),
    ...(sensorPattern === undefined ? {} : { sensorPattern }),
    ...(sensorColumn === undefined ? {} : { sensorColumn }),
    ...(quantityColumn === undefined ? {} : { quantityColumn }),
    ...(valueColumn === undefined ? {} : { valueColumn }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === 'tab' ? '\t' : delimiter }),
    ...(decimal === undefined ? {} : { decimal: decimal as '.' | ',' }),
    ...(thousands === undefined ? {} : { thousands: thousands === NO_MARK ? '' : thousands }),
    ...(finalLineEnd === undefined ? {} : { finalLineEnd: finalLineEnd as 'required' | 'optional' }),
    ...(skipLines === undefined ? {} : { skipLines }),
    ...(layout === undefined ? {} : { layout: layout as NonNullable<DeclaredForm['layout']> }),
    ...(timeLabel === undefined ? {} : { timeLabel: timeLabel as 'start' | 'end' }),
    ...(zoneNames.size === 0 ? {} : { zoneNames }),
    ...(datetimeFormat === undefined ? {} : { datetimeFormat }),
    ...(timeColumns === undefined ? {} : { timeColumns }),
  };
}

/** A format with %Z can be checked before the names are known. */
const ANY_ZONE: ReadonlyMap<string, number> = new Map([['UTC', 0]]);
const ZONE = /^([A-Za-z]{1,10})=([+-]\d{2}:\d{2})$/;

/** Offsets from UTC in milliseconds of the names that `--zone-name` says. */
function zoneNamesSaid(given: Given, mistakes: string[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const text of given['zone-name'] ?? []) {
    const [, name, offset] = ZONE.exec(text) ?? [];
    if (name === undefined || offset === undefined)
      mistakes.push(`--zone-name ${quoted(text)} is not a name and offset such as CET=+01:00`);
    else names.set(name, millisecondsOf(offset));
  }
  return names;
}

/** Which offset each name of a zone means. The names of Europe are proposed; EST or CST mean several. */
function askZones({ zones }: SampleLook, given: Given): Question[] {
  const said = new Set((given['zone-name'] ?? []).map((text) => text.split('=')[0]));
  return zones
    .filter(({ name }) => !said.has(name))
    .map(({ name, offset }) => ({
      flag: 'zone-name',
      prefix: `${name}=`,
      text: `the offset from UTC that ${quoted(name)} after a time means, such as +01:00`,
      ...(offset === '' ? {} : { proposal: offset }),
    }));
}

/** The step of times that are the end of their intervals, where one row alone does not show it. */
function askInterval({ timeLabel, interval }: SampleLook, given: Given): Question[] {
  if (timeLabel.value !== 'end' || interval !== undefined || given.interval !== undefined) return [];
  return [{ flag: 'interval', prefix: '', text: 'how long the interval of a row is, such as 15m or 1h' }];
}

/** Asks what groups the digits of numbers: a mark that was seen, or none. */
function askThousands({ thousands }: SampleLook): Question[] {
  if (thousands.value !== undefined) return [];
  const choices = [...thousands.choices, NO_MARK];
  return [{ flag: 'thousands', prefix: '', text: `what groups digits by three (${thousands.evidence})`, choices }];
}

/** The questions that the samples leave open. Nothing is proposed: without evidence, never guess. */
export function openQuestions(look: SampleLook, given: Given): Question[] {
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
    ...askThousands(look),
    ...ask(
      'final-line-end',
      'whether a last row without a line end is whole: 23.4 may be 23.45 cut off; required quarantines such a row, optional takes it',
      look.finalLineEnd,
      String,
    ),
    ...ask('time-column', 'the column that holds the time', look.timeColumns, (labels) => labels.join(';')),
    ...ask('datetime-format', 'how dates are written', look.datetimeFormat, String),
    ...askZones(look, given),
    ...ask('time-label', 'whether a time is the start or the end of what its row covers', look.timeLabel, String),
    ...askInterval(look, given),
    ...ask('layout', 'the layout of the files', look.layout, String),
    ...ask('sensor-column', 'the column that names the sensor of a row', look.sensorColumn, String),
    ...ask('quantity-column', 'the column that names what a row measured', look.quantityColumn, String),
    ...ask('value-column', 'the column of values', look.valueColumn, String),
  ];
}
