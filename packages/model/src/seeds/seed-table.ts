import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import Papa from 'papaparse';
import type { Finding } from '../findings/finding';
import { quoted } from '../findings/finding';
import { isThere, systemError } from '../findings/io-failure';
import { readInstant } from '../time/instant-text';
import { complainTo, type Mistake } from './seed-findings';
import { SEED_SCHEMAS, type SeedName } from './seed-schemas';

/** A row of a seed with the line it is on. A field that the row leaves out or leaves empty is ''. */
export interface SeedRow {
  readonly line: number;
  readonly [column: string]: string | number;
}

/** The names in one column of a seed; undefined if the seed cannot be read so far. */
export type Named = ReadonlySet<string> | undefined;

/** A seed as it was read. */
export interface Seed {
  /** The rows that keep to the schema. */
  readonly rows: readonly SeedRow[];
  /**
   * Rows with mistakes count here: whoever refers to them makes no mistake of its own, and one mistake is one finding.
   */
  named(column: string): Named;
}

type ComplainHere = (mistake: Omit<Mistake, 'seed'>) => void;

/** The schemas are ours and a test holds them to JSON Schema: checking them at every start takes half of reading the seeds. */
const ajv = new Ajv({ allErrors: true, strict: true, validateSchema: false, meta: false });
ajv.addFormat('instant', (text: string) => text === '' || !Number.isNaN(readInstant(text)));
const validators = new Map<SeedName, ValidateFunction>();

/**
 * Reads one seed and checks its header and every row against the seed's JSON Schema.
 *
 * @param path the CSV file; a missing file is a finding unless `optional`
 */
export async function readSeed(
  path: string,
  seed: SeedName,
  findings: Finding[],
  options: { readonly optional?: boolean } = {},
): Promise<Seed> {
  const name = basename(path, '.csv');
  const complain: ComplainHere = (mistake) => complainTo(findings)({ seed: name, ...mistake });
  if (options.optional && !(await isThere(path))) return { rows: [], named: () => new Set() };
  const records = await readRecords(path, seed, complain);
  if (records === undefined) return { rows: [], named: () => undefined };
  const rows = records.filter((row) => isSound(row, seed, complain));
  return { rows, named: (column) => new Set(records.map((row) => String(row[column]))) };
}

/** All rows that have no field too many, whatever is in their fields; undefined without a valid header. */
async function readRecords(path: string, seed: SeedName, complain: ComplainHere): Promise<SeedRow[] | undefined> {
  const text = await readText(path, seed, complain);
  if (text === undefined) return undefined;
  const parsed = Papa.parse<string[]>(text, { delimiter: ',' });
  const lines = linesOf(parsed.data);
  for (const error of parsed.errors) {
    complain({
      line: lines[error.row ?? 0] ?? 1,
      found: error.message,
      expected: 'quotation marks in pairs around a field',
      message: 'the row cannot be split into fields',
      fix: 'close every quotation mark of this row',
    });
  }
  if (parsed.errors.length > 0) return undefined;
  const [header = [], ...records] = parsed.data;
  const labels = header.map((label) => label.trim().normalize('NFC'));
  if (!checkHeader(labels, seed, complain)) return undefined;
  return records.flatMap((cells, index) => {
    if (cells.every((cell) => cell.trim() === '')) return [];
    const row = rowOf(cells, labels, seed, lines[index + 1]!, complain);
    return row === undefined ? [] : [row];
  });
}

async function readText(path: string, seed: SeedName, complain: ComplainHere): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const refused = systemError(error)?.errno;
    if (refused !== undefined && refused !== 'ENOENT') throw error;
    if (refused === 'ENOENT') {
      complain({
        found: 'no such file',
        expected: `a seed with the columns ${columnsOf(seed).join(',')}`,
        message: 'the seed does not exist',
        fix: 'create it',
      });
    } else {
      complain({
        found: 'bytes that are not UTF-8',
        expected: 'UTF-8 text',
        message: 'the seed cannot be read as text',
        fix: 'save it as UTF-8',
      });
    }
    return undefined;
  }
}

/** Whether a row of a seed leaves out fields at its end; a text that cannot be split into fields has none. */
export function hasShortRows(text: string): boolean {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', skipEmptyLines: true });
  return errors.length === 0 && data.some((row) => row.length < data[0]!.length);
}

/** The line on which each record begins: fields may hold line ends. */
function linesOf(records: readonly (readonly string[])[]): number[] {
  let line = 1;
  return records.map((cells) => {
    const start = line;
    line += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
    return start;
  });
}

function rowOf(
  cells: readonly string[],
  labels: readonly string[],
  seed: SeedName,
  line: number,
  complain: ComplainHere,
): SeedRow | undefined {
  if (cells.length > labels.length) {
    complain({
      line,
      found: `${cells.length} fields`,
      expected: `at most ${labels.length}`,
      message: 'the row has more fields than the header',
      fix: 'put a field that contains a comma in quotation marks, or remove the extra comma',
    });
    return undefined;
  }
  const row: Record<string, string> = {};
  for (const column of columnsOf(seed)) row[column] = '';
  labels.forEach((column, at) => {
    row[column] = cells[at] ?? '';
  });
  return { ...row, line };
}

function isSound({ line, ...fields }: SeedRow, seed: SeedName, complain: ComplainHere): boolean {
  let sound = true;
  for (const [column, field] of Object.entries(fields)) {
    if (field === String(field).normalize('NFC')) continue;
    sound = false;
    // dbt reads the seed as it is, and would not find the label of an export.
    complain({
      line,
      column,
      found: quoted(String(field)),
      expected: 'accents written as one character each (NFC)',
      message: 'the field writes accents as two characters',
      fix: 'type the accented letters again',
    });
  }
  const validate = validatorOf(seed);
  if (validate(fields)) return sound;
  for (const error of validate.errors ?? []) {
    const column = error.instancePath.slice(1);
    complain({
      line,
      column,
      // A password in an address must not appear in a log too.
      found: quoted(String(fields[column] ?? '').replace(/\/\/[^/@]*@/, '//…@')),
      expected: expectation(seed, column, error),
      message: `the field ${column} is not valid`,
      fix: `correct ${column} in this row`,
    });
  }
  return false;
}

function checkHeader(labels: readonly string[], seed: SeedName, complain: ComplainHere): boolean {
  const known = columnsOf(seed);
  const required: readonly string[] = SEED_SCHEMAS[seed].required;
  let sound = true;
  const refuse = (mistake: Omit<Mistake, 'seed' | 'line'>) => {
    sound = false;
    complain({ line: 1, ...mistake });
  };
  for (const label of new Set(labels)) {
    if (labels.filter((other) => other === label).length > 1) {
      refuse({
        column: label,
        found: quoted(label),
        expected: 'each column once',
        message: `the column ${quoted(label)} occurs twice`,
        fix: 'remove one of them',
      });
    }
    if (!known.includes(label) && !mayHave(seed, label)) {
      refuse({
        column: label,
        found: quoted(label),
        expected: `one of ${known.join(', ')}`,
        message: 'the column is unknown',
        fix: `rename or remove the column ${quoted(label)}`,
      });
    }
  }
  for (const label of required) {
    if (labels.includes(label)) continue;
    refuse({
      column: label,
      found: quoted(labels.join(',')),
      expected: `the columns ${required.join(',')}`,
      message: `the column ${label} is missing`,
      fix: `add the column ${label}`,
    });
  }
  return sound;
}

/**
 * Whether a seed may have a column that its schema does not name. A name that is nearly that of a column which may be left
 * out is a slip: taken for a further column, `valid_form` would lose the period of every sensor without a word.
 */
function mayHave(seed: SeedName, label: string): boolean {
  if (SEED_SCHEMAS[seed].additionalProperties === false || label === '') return false;
  const required: readonly string[] = SEED_SCHEMAS[seed].required;
  return !columnsOf(seed).some((known) => !required.includes(known) && isSlipOf(known, label));
}

/** Letters of a name in which a slip is recognised: of shorter ones, other words differ as little. */
const LONG_NAME = 7;

/** Whether two names are the same but for case, marks between words and, in a long one, two letters in a row. */
function isSlipOf(known: string, label: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const [one, other] = [plain(known), plain(label)];
  if (one === other) return true;
  if (one.length < LONG_NAME) return false;
  const shorter = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < shorter && one[start] === other[start]) start++;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return Math.max(one.length, other.length) - start - end <= 2;
}

export function columnsOf(seed: SeedName): string[] {
  return Object.keys(SEED_SCHEMAS[seed].properties);
}

function validatorOf(seed: SeedName): ValidateFunction {
  let validate = validators.get(seed);
  if (validate === undefined) {
    validate = ajv.compile(SEED_SCHEMAS[seed]);
    validators.set(seed, validate);
  }
  return validate;
}

function expectation(seed: SeedName, column: string, error: ErrorObject): string {
  const properties: Record<string, { description?: string; enum?: readonly string[] }> = SEED_SCHEMAS[seed].properties;
  const property = properties[column];
  if (error.keyword === 'enum' && property?.enum) return `one of ${property.enum.filter(Boolean).join(', ')}`;
  return property?.description ?? error.message ?? 'a valid field';
}
