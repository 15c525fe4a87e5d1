import {
  EXTRACT,
  INTAKE,
  type Mutation,
  mapCells,
  mapNumbers,
  ROOM,
  ROOM_HEADER,
  reorder,
  SUPPLY,
  UNIT_1,
  UNIT_4,
} from './mutations';

const CZECH = { í: 0xed, '°': 0xb0 } as const;
const oneByte = (text: string) =>
  Buffer.from([...text].map((letter) => CZECH[letter as keyof typeof CZECH] ?? letter.charCodeAt(0)));
const swap = (text: string, one: string, other: string) =>
  text.replace(one, '\0').replace(other, one).replace('\0', other);
const isoDates = (text: string) => text.replace(/^(\d\d)\.(\d\d)\.(\d{4}) /gm, '$3-$2-$1 ');
const TEMPERATURES = [1, 2, 3, 4, 5];

type Given = Partial<Mutation>;
const unit = (
  sentence: string,
  mutate: Mutation['mutate'],
  errors: readonly string[],
  given: Given = {},
): Mutation => ({
  sentence,
  file: UNIT_1,
  mutate,
  errors,
  ...given,
});
const room = (sentence: string, mutate: Mutation['mutate'], errors: readonly string[], given: Given = {}): Mutation =>
  unit(sentence, mutate, errors, { file: ROOM, ...given });

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `2024-11-01 13:05:00` as `2024-11-01 1:05:00 PM`. */
function twelveHours(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d) (\d\d)(:\d\d(?::\d\d)?)/gm, (_, date, hour, rest) => {
    const half = Number(hour) < 12 ? 'AM' : 'PM';
    return `${date} ${Number(hour) % 12 || 12}${rest} ${half}`;
  });
}

/** Other delimiters, decimal marks, encodings, dates, lines before the header: what another country or program writes. */
export const locales: readonly Mutation[] = [
  unit(
    'commas between the columns and decimal points',
    (text) => text.replaceAll(',', '.').replaceAll(';', ','),
    ['delimiter-changed'],
    { acceptable: true },
  ),
  unit('tabs between the columns', (text) => text.replaceAll(';', '\t'), ['delimiter-changed'], { acceptable: true }),
  unit('decimal points', (text) => text.replace(/(\d),(\d)/g, '$1.$2'), ['decimal-changed'], { acceptable: true }),
  room(
    'semicolons and decimal commas',
    (text) => text.replaceAll(',', ';').replaceAll('.', ','),
    ['delimiter-changed'],
    { acceptable: true },
  ),
  room('decimal commas that are delimiters, too', (text) => text.replace(/(\d)\.(\d)/g, '$1,$2'), ['decimal-changed']),
  room('decimal commas in quotation marks', (text) => text.replace(/(\d+)\.(\d)/g, '"$1,$2"'), ['decimal-changed']),
  unit('windows-1250', oneByte, ['encoding-changed'], { acceptable: true }),
  unit('UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le'), ['encoding-changed'], { acceptable: true }),
  unit('UTF-8 encoded twice', (text) => Buffer.from(text, 'utf8').toString('latin1'), ['encoding-changed']),
  unit('a byte order mark', (text) => `\ufeff${text}`, []),
  unit('ISO dates', isoDates, ['dateformat-changed'], { acceptable: true }),
  unit('ISO times with T', (text) => isoDates(text).replace(/^(\d{4}-\d\d-\d\d) /gm, '$1T'), ['dateformat-changed'], {
    acceptable: true,
  }),
  unit(
    'ISO times with Z',
    (text) => isoDates(text).replace(/^(\d{4}-\d\d-\d\d) ([\d:]+)/gm, '$1T$2Z'),
    ['timezone-changed'],
    {
      acceptable: true,
    },
  ),
  unit(
    'times with an offset',
    (text) => isoDates(text).replace(/^(\d{4}-\d\d-\d\d [\d:]+)/gm, '$1+01:00'),
    ['timezone-changed'],
    {
      acceptable: true,
    },
  ),
  unit('day and month swapped', (text) => text.replace(/^(\d\d)\.(\d\d)\./gm, '$2.$1.'), ['dateformat-changed'], {
    acceptable: true,
  }),
  unit('times without seconds', (text) => text.replace(/^([\d.]+ \d\d:\d\d):\d\d/gm, '$1'), ['dateformat-changed'], {
    acceptable: true,
  }),
  unit('years of two digits', (text) => text.replace(/^(\d\d\.\d\d\.)20/gm, '$1'), ['dateformat-changed'], {
    acceptable: true,
  }),
  unit('hours from 1 to 12 with AM and PM', (text) => twelveHours(isoDates(text)), ['dateformat-changed'], {
    acceptable: true,
  }),
  unit(
    'names of months',
    (text) => text.replace(/^(\d\d)\.(\d\d)\./gm, (_, day, month) => `${day}-${MONTHS[Number(month) - 1]}-`),
    ['dateformat-changed'],
    { acceptable: true },
  ),
  unit('times with the name of a zone', (text) => text.replace(/^([\d.]+ [\d:]+)/gm, '$1 CET'), ['timezone-changed']),
  room('AM and PM behind hours from 0 to 23', (text) => text.replace(/^([\d/]+),(\d+:\d\d),/gm, '$1,$2 AM,'), [
    'dateformat-changed',
  ]),
  unit('a line before the header', (text) => `Exported by Atrea\r\n${text}`, ['preamble-changed'], {
    acceptable: true,
  }),
  unit('three lines before the header', (text) => `Atrea\r\nUnit 1\r\n\r\n${text}`, ['preamble-changed'], {
    acceptable: true,
  }),
  room('no line before the header', (text) => text.slice(text.indexOf('\n') + 1), ['preamble-changed']),
  room('two lines before the header', (text) => `ThermoPro\n${text}`, ['preamble-changed'], {}),
];

/** The names are as ever, the numbers are not. */
export const numbers: readonly Mutation[] = [
  room('°F under a label in °C', (text) => mapNumbers(text, ROOM, [2], (value) => value * 1.8 + 32), ['unit-changed']),
  room('K under a label in °C', (text) => mapNumbers(text, ROOM, [2], (value) => value + 273.15), ['unit-changed']),
  room('a share instead of a percentage', (text) => mapNumbers(text, ROOM, [3], (value) => value / 100), [
    'unit-changed',
  ]),
  room('a lost decimal mark', (text) => mapNumbers(text, ROOM, [2], (value) => value * 10), ['unit-changed']),
  unit(
    '°F in all columns of a ventilation unit',
    (text) => mapNumbers(text, UNIT_1, TEMPERATURES, (value) => value * 1.8 + 32),
    ['unit-changed'],
  ),
  unit(
    'K in all columns of a ventilation unit',
    (text) => mapNumbers(text, UNIT_1, TEMPERATURES, (value) => value + 273.15),
    ['unit-changed'],
  ),
  unit(
    'tenths of degrees in all columns of a ventilation unit',
    (text) => mapNumbers(text, UNIT_1, TEMPERATURES, (value) => value * 10),
    ['unit-changed'],
  ),
  room(
    '°F, which the label says',
    (text) =>
      mapNumbers(text.replace('Temperature_Celsius', 'Temperature_Fahrenheit'), ROOM, [2], (value) => value * 1.8 + 32),
    ['unit-changed'],
  ),
  room(
    'the label says °F in brackets, too',
    (text) => text.replace('Temperature_Celsius', 'Temperature_Fahrenheit(°F)'),
    ['unit-changed'],
  ),
  unit('a label of a ventilation unit says K', (text) => text.replace(INTAKE, INTAKE.replace('°C', 'K')), [
    'unit-changed',
  ]),
  room(
    'the labels of temperature and humidity swapped',
    (text) => swap(text, 'Temperature_Celsius', 'Relative_Humidity(%)'),
    ['swapped-label'],
  ),
  unit('the labels of intake and extract swapped', (text) => swap(text, INTAKE, EXTRACT), ['swapped-label']),
  unit('the labels of intake and supply swapped', (text) => swap(text, INTAKE, SUPPLY), ['swapped-label']),
  unit('a winter alone is no other unit', (text) => keep(text, /^\d\d\.(12|01)\./), []),
  unit('a summer alone is no other unit', (text) => keep(text, /^\d\d\.0[678]\./), []),
  unit(
    'a building that is warmer by three degrees has no other unit',
    (text) => mapNumbers(text, UNIT_1, [3, 4], (value) => value + 3),
    [],
  ),
  room('a cold room has no other unit', (text) => mapNumbers(text, ROOM, [2], (value) => value - 6), []),
];

/** The header and the rows that begin like this. */
function keep(text: string, rows: RegExp): string {
  const [header, ...rest] = text.split(/\r?\n/);
  return [header, ...rest.filter((line) => rows.test(line)), ''].join('\n');
}

const half = (text: string) => text.slice(0, text.indexOf('\n', text.length / 2) + 1);

/** Files that are cut, put together, mixed up, or only sorted in another way. */
export const wholes: readonly Mutation[] = [
  unit(
    'columns in another order are read by name, and said once',
    (text) => reorder(text, ';', 1, [0, 3, 2, 1, 4, 5]),
    [],
    {
      remarks: ['reordered-label'],
      acceptable: true,
    },
  ),
  room('the columns of a room in another order', (text) => reorder(text, ',', 2, [3, 2, 1, 0]), [], {
    remarks: ['reordered-label'],
    acceptable: true,
  }),
  unit('cut off in a number', (text) => text.slice(0, -4), [], { remarks: ['truncated-row'] }),
  unit('cut off at the end of a number', (text) => text.trimEnd().slice(0, -1), [], { remarks: ['truncated-row'] }),
  unit('cut off in a time', (text) => `${half(text)}01.06.2024 1`, [], { remarks: ['truncated-row'] }),
  unit('cut off after a delimiter', (text) => `${half(text)}01.06.2024 12:00:00;`, [], { remarks: ['truncated-row'] }),
  unit('cut off in the header', (text) => text.slice(0, 60), ['truncated-file']),
  unit(
    'cut off in the middle of a letter',
    (text) => Buffer.from(text).subarray(0, Buffer.from('Date;KOT1/Teplota venkovn').length + 1),
    ['truncated-file'],
  ),
  unit('cut off at the end of a row is a shorter export', half, []),
  unit('two exports of one unit in one file', (text) => text + text, [], {
    remarks: ['repeated-header'],
  }),
  unit('two exports, the second with a byte order mark', (text) => `${text}\ufeff${text}`, [], {
    remarks: ['repeated-header'],
  }),
  room('two exports of rooms in one file', (text) => text + text, ['concatenated-file']),
  unit('half of the dates in ISO', (text) => half(text) + isoDates(text.slice(half(text).length)), ['type-error']),
  room(
    'days and months swapped from the middle on',
    (text) => half(text) + text.slice(half(text).length).replace(/^(\d+)\/(\d+)\//gm, '$2/$1/'),
    ['dateformat-mixed'],
  ),
  unit('decimal points from the middle on', (text) => half(text) + text.slice(half(text).length).replaceAll(',', '.'), [
    'type-error',
  ]),
  unit(
    'commas as delimiters from the middle on',
    (text) => half(text) + text.slice(half(text).length).replaceAll(',', '.').replaceAll(';', ','),
    ['delimiter-changed'],
  ),
  unit('a web page', () => '<!DOCTYPE html><html><head><title>Sign in</title></head></html>\n', ['not-tabular']),
  unit('no header', (text) => text.slice(text.indexOf('\n') + 1), ['missing-header']),
  unit(
    'the columns of two units in one header are read with a warning',
    (text) =>
      mapCells(text, ';', 0, (cells, row) =>
        row === 0
          ? [...cells.slice(0, -1), 'KOT2/Teplota venkovní (°C)', '']
          : cells.length < 2
            ? cells
            : [...cells.slice(0, -1), '4,00', ''],
      ),
    [],
    { remarks: ['new-header'], acceptable: true },
  ),
  { ...unit('another unit as it is', (text) => text, []), file: UNIT_4 },
  room('a room as it is', (text) => text, []),
  room('a header alone', (text) => `${text.slice(0, text.indexOf('\n') + 1)}${ROOM_HEADER}\n`, [], {
    remarks: ['no-rows'],
  }),
];
