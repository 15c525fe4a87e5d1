import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import Papa from 'papaparse';
import type { Finding } from './finding';
import { quoted } from './finding';
import { SEED_SCHEMAS, type SeedName } from './seed-schemas';

/** A row of a seed with the line it stands on. A field that the row leaves out or leaves empty is ''. */
export interface SeedRow {
  readonly line: number;
  readonly [column: string]: string | number;
}

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
  const file = `seeds/${basename(path)}`;
  const complain = (
    line: number | undefined,
    column: string | undefined,
    rest: Omit<Finding, 'code' | 'severity' | 'count'>,
  ) =>
    findings.push({
      code: 'seed-error',
      severity: 'error',
      file,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      count: 1,
      ...rest,
    });

  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && options.optional) return [];
    complain(undefined, undefined, {
      message: missing ? 'the seed does not exist' : 'the seed cannot be read as UTF-8 text',
      fix: missing ? `create ${file} with the columns ${columnsOf(seed).join(',')}` : `save ${file} as UTF-8`,
    });
    return [];
  }
  const parsed = Papa.parse<string[]>(text, { delimiter: ',', skipEmptyLines: 'greedy' });
  for (const error of parsed.errors) {
    complain((error.row ?? 0) + 1, undefined, {
      message: error.message,
      fix: 'close every quotation mark of this row',
    });
  }
  const [header = [], ...records] = parsed.data;
  const labels = header.map((label) => label.trim().normalize('NFC'));
  if (!checkHeader(labels, seed, complain)) return [];

  const validate = validatorOf(seed);
  const rows: SeedRow[] = [];
  records.forEach((cells, index) => {
    const line = index + 2;
    if (cells.length > labels.length) {
      complain(line, undefined, {
        found: `${cells.length} fields`,
        expected: `at most ${labels.length}`,
        message: 'the row has more fields than the header',
        fix: 'put a field that contains a comma in quotation marks, or remove the extra comma',
      });
      return;
    }
    const row: Record<string, string> = {};
    for (const column of columnsOf(seed)) row[column] = '';
    labels.forEach((label, at) => {
      row[label] = (cells[at] ?? '').normalize('NFC');
    });
    if (validate(row)) {
      rows.push({ ...row, line });
      return;
    }
    for (const error of validate.errors ?? []) {
      const column = error.instancePath.slice(1) || undefined;
      complain(line, column, {
        found: quoted(column === undefined ? '' : (row[column] ?? '')),
        expected: expectation(seed, column, error),
        message: `the field ${column ?? ''} is not valid`,
        fix: `correct ${column ?? 'the row'} in ${file}, line ${line}`,
      });
    }
  });
  return rows;
}

function checkHeader(
  labels: readonly string[],
  seed: SeedName,
  complain: (line: number, column: string | undefined, rest: Omit<Finding, 'code' | 'severity' | 'count'>) => void,
): boolean {
  const known = columnsOf(seed);
  const required: readonly string[] = SEED_SCHEMAS[seed].required;
  let sound = true;
  for (const label of new Set(labels)) {
    if (labels.filter((other) => other === label).length > 1) {
      complain(1, label, { message: `the column ${quoted(label)} stands twice`, fix: 'remove one of them' });
      sound = false;
    }
    if (!known.includes(label)) {
      complain(1, label, {
        found: quoted(label),
        expected: `one of ${known.join(', ')}`,
        message: 'the column is not known',
        fix: `rename or remove the column ${quoted(label)}`,
      });
      sound = false;
    }
  }
  for (const label of required) {
    if (labels.includes(label)) continue;
    complain(1, label, { message: `the column ${label} is missing`, fix: `add the column ${label}` });
    sound = false;
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

function expectation(seed: SeedName, column: string | undefined, error: ErrorObject): string {
  const properties = SEED_SCHEMAS[seed].properties as Record<
    string,
    { description?: string; enum?: readonly string[] }
  >;
  const property = column === undefined ? undefined : properties[column];
  if (error.keyword === 'enum' && property?.enum) return `one of ${property.enum.filter(Boolean).join(', ')}`;
  return property?.description ?? error.message ?? 'a valid field';
}
