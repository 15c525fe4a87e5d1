import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import Papa from 'papaparse';
import type { Finding } from './finding';
import { quoted } from './finding';
import { complainTo, type Mistake } from './seed-findings';
import { SEED_SCHEMAS, type SeedName } from './seed-schemas';

/** A row of a seed with the line it stands on. A field that the row leaves out or leaves empty is ''. */
export interface SeedRow {
  readonly line: number;
  readonly [column: string]: string | number;
}

type ComplainHere = (mistake: Omit<Mistake, 'seed'>) => void;

const ajv = new Ajv({ allErrors: true, strict: true });
const validators = new Map<SeedName, ValidateFunction>();

/**
 * Reads one seed and checks its header and every row against the seed's JSON Schema.
 * Rows that break the schema are reported, not returned.
 *
 * @param path the CSV file; a missing file is a finding unless `optional`
 */
export async function readSeed(
  path: string,
  seed: SeedName,
  findings: Finding[],
  options: { readonly optional?: boolean } = {},
): Promise<SeedRow[]> {
  const name = basename(path, '.csv');
  const complain: ComplainHere = (mistake) => complainTo(findings)({ seed: name, ...mistake });
  const text = await readText(path, seed, complain, options.optional === true);
  if (text === undefined) return [];
  const parsed = Papa.parse<string[]>(text, { delimiter: ',' });
  const lines = linesOf(parsed.data);
  for (const error of parsed.errors) {
    complain({
      line: lines[error.row ?? 0] ?? 1,
      found: error.message,
      expected: 'quotation marks in pairs around a field',
      message: 'the row cannot be cut into fields',
      fix: 'close every quotation mark of this row',
    });
  }
  if (parsed.errors.length > 0) return [];
  const [header = [], ...records] = parsed.data;
  const labels = header.map((label) => label.trim().normalize('NFC'));
  if (!checkHeader(labels, seed, complain)) return [];
  return records.flatMap((cells, index) => {
    const line = lines[index + 1]!;
    const row = cells.every((cell) => cell.trim() === '') ? undefined : rowOf(cells, labels, seed, line, complain);
    return row === undefined ? [] : [row];
  });
}

async function readText(
  path: string,
  seed: SeedName,
  complain: ComplainHere,
  optional: boolean,
): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && optional) return undefined;
    const header = columnsOf(seed).join(',');
    if (missing) {
      complain({
        found: 'no such file',
        expected: `a seed with the columns ${header}`,
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
  let sound = true;
  labels.forEach((column, at) => {
    const cell = cells[at] ?? '';
    row[column] = cell;
    if (cell === cell.normalize('NFC')) return;
    sound = false;
    // dbt reads the seed as it is, and would not find the label of an export.
    complain({
      line,
      column,
      found: quoted(cell),
      expected: 'accents written as one character each (NFC)',
      message: 'the field holds accents in two characters',
      fix: 'type the accented letters anew',
    });
  });
  const validate = validatorOf(seed);
  if (!validate(row)) {
    sound = false;
    for (const error of validate.errors ?? []) {
      const column = error.instancePath.slice(1);
      complain({
        line,
        column,
        found: quoted(row[column] ?? ''),
        expected: expectation(seed, column, error),
        message: `the field ${column} is not valid`,
        fix: `correct ${column} in this row`,
      });
    }
  }
  return sound ? { ...row, line } : undefined;
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
        message: `the column ${quoted(label)} stands twice`,
        fix: 'remove one of them',
      });
    }
    if (!known.includes(label)) {
      refuse({
        column: label,
        found: quoted(label),
        expected: `one of ${known.join(', ')}`,
        message: 'the column is not known',
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
