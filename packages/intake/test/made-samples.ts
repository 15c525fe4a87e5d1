import fc from 'fast-check';
import type { SampleLook } from '../src/sample/look-at-sample';

/** A form in which programs export, chosen at random. */
export interface MadeForm {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly encoding: string;
  readonly preamble: readonly string[];
  readonly format: string;
  readonly timeColumns: readonly string[];
  /** All of the header. */
  readonly labels: readonly string[];
  readonly from: number;
  readonly step: number;
  readonly rows: number;
  readonly decimals: number;
  readonly lineEnd: string;
  readonly mark: boolean;
}

const FORMATS = ['%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M:%S', '%Y/%m/%d %H:%M:%S', '%d.%m.%Y %H:%M', '%d.%m.%y %H:%M']
  .concat(['%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M', '%d-%m-%Y %H:%M:%S', '%m/%d/%y %H:%M', '%y-%m-%d %H:%M'])
  .concat(['%d. %m. %Y %H:%M', '%Y.%m.%d %H:%M']);
const LABELS = ['Teplota (°C)', 'Vlhkost [%]', 'Příkon (kW)', 'CO2 (ppm)', 'Außen', 'průtok', 'Tlak (hPa)'];
const MINUTE = 60_000;

/** Letters that an encoding has. */
function has(encoding: string, text: string): boolean {
  return new TextDecoder(encoding).decode(bytesOf(text, encoding)) === text;
}

export const madeForms: fc.Arbitrary<MadeForm> = fc
  .record({
    separators: fc.constantFrom([',', '.'], [';', ','], [';', '.'], ['\t', ','], ['\t', '.'], ['|', '.']),
    encoding: fc.constantFrom('utf-8', 'windows-1250', 'windows-1252', 'utf-16le', 'iso-8859-2'),
    preamble: fc.array(fc.constantFrom('Logger 7', 'Export', 'Created 2024-10-31', ''), { maxLength: 3 }),
    format: fc.constantFrom(...FORMATS),
    split: fc.boolean(),
    labels: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }),
    timeFirst: fc.boolean(),
    from: fc.integer({ min: Date.UTC(2022, 0, 1) / MINUTE, max: Date.UTC(2024, 3, 1) / MINUTE }),
    step: fc.constantFrom(1, 10, 60, 360, 1440),
    rows: fc.integer({ min: 2, max: 200 }),
    decimals: fc.integer({ min: 0, max: 3 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
  })
  .map(({ separators, split, labels, timeFirst, from, step, ...rest }) => {
    const timeColumns = split && / /.test(rest.format) && !rest.format.includes('. ') ? ['Datum', 'Čas'] : ['Datum'];
    return {
      ...rest,
      delimiter: separators[0]!,
      decimal: separators[1] as '.' | ',',
      timeColumns,
      labels: timeFirst ? [...timeColumns, ...labels] : [...labels, ...timeColumns],
      from: from * MINUTE,
      step: step * MINUTE,
    };
  })
  .filter((form) => form.encoding.startsWith('utf') || has(form.encoding, form.labels.join('')));

export function textOf(form: MadeForm): string {
  const { delimiter, decimal, labels, timeColumns, rows, from, step } = form;
  const lines = Array.from({ length: rows }, (_, row) => {
    const time = timeText(from + row * step, form.format);
    const parts = timeColumns.length === 1 ? [time] : time.split(' ');
    return labels
      .map((label, i) => {
        const part = timeColumns.indexOf(label);
        if (part >= 0) return parts[part]!;
        return (((row * 37 + i * 11) % 400) / 10 + 10).toFixed(form.decimals).replace('.', decimal);
      })
      .join(delimiter);
  });
  const mark = form.mark && form.encoding.startsWith('utf') ? '\ufeff' : '';
  return mark + [...form.preamble, labels.join(delimiter), ...lines, ''].join(form.lineEnd);
}

function timeText(wall: number, format: string): string {
  const time = new Date(wall);
  const two = (n: number) => String(n).padStart(2, '0');
  const parts: Record<string, string> = {
    Y: String(time.getUTCFullYear()),
    y: two(time.getUTCFullYear() % 100),
    m: two(time.getUTCMonth() + 1),
    d: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
  };
  return format.replace(/%(\w)/g, (_, part: string) => parts[part]!);
}

/** A text in an encoding of one byte a letter, or in UTF; letters that there are not become question marks. */
export function bytesOf(text: string, encoding: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  const decoder = new TextDecoder(encoding);
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Buffer.from([...text].map((letter) => bytes.get(letter) ?? 0x3f));
}

export function formOf({ skipLines, columns }: SampleLook) {
  return { skipLines, labels: columns.map(({ label }) => label) };
}
