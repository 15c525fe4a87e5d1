import { DataProblem } from './data-problem';

export interface PublishedFile {
  readonly name: string;
  /** Texts such as README.md are part of none. */
  readonly table?: string;
  readonly year?: number;
  readonly bytes: number;
  readonly rows: number;
}

export interface DatasetName {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  readonly citation: string;
  /** The zone of days and weeks. */
  readonly timezone: string;
}

/** What `files.json` says. */
export interface FilesList {
  readonly dataset: DatasetName;
  readonly version: string;
  /** From the start of the first hour to the end of the last, instants in ISO form. */
  readonly period: { readonly from: string; readonly to: string };
  readonly files: readonly PublishedFile[];
}

/** The form of `files.json` that this code reads. */
const FORMAT = 1;

/** Files are beside the page: a name is never a path, nor an address. */
const FILE_NAME = /^[A-Za-z0-9][\w.-]*$/;

/**
 * Reads and checks `files.json`.
 * @throws DataProblem (form) if this code does not read what it says
 */
export function parseFilesList(text: string): FilesList {
  const list = record(parsed(text), 'files.json');
  if (list.format !== FORMAT) throw new DataProblem('form', `format ${String(list.format)}, not ${FORMAT}`);
  const dataset = record(list.dataset, 'dataset');
  const period = record(list.period, 'period');
  if (!Array.isArray(list.files)) throw new DataProblem('form', 'files is not a list');
  return {
    dataset: {
      name: textOf(dataset.name, 'dataset.name'),
      title: textOf(dataset.title, 'dataset.title'),
      license: textOf(dataset.license, 'dataset.license'),
      citation: textOf(dataset.citation, 'dataset.citation'),
      timezone: zone(dataset.timezone),
    },
    version: textOf(list.version, 'version'),
    period: { from: instant(period.from, 'period.from'), to: instant(period.to, 'period.to') },
    files: list.files.map((file, at) => datasetFile(record(file, `files[${at}]`), at)),
  };
}

function datasetFile(file: Record<string, unknown>, at: number): PublishedFile {
  const name = textOf(file.name, `files[${at}].name`);
  if (!FILE_NAME.test(name)) throw new DataProblem('form', `files[${at}].name is not a file's name`);
  return {
    name,
    ...(file.table === undefined ? {} : { table: textOf(file.table, `files[${at}].table`) }),
    ...(file.year === undefined ? {} : { year: whole(file.year, `files[${at}].year`) }),
    bytes: whole(file.bytes, `files[${at}].bytes`),
    rows: whole(file.rows, `files[${at}].rows`),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DataProblem('form', 'files.json is not JSON');
  }
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DataProblem('form', `${name} is not an object`);
  }
  return value as Record<string, unknown>;
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new DataProblem('form', `${name} is not text`);
  return value;
}

function whole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new DataProblem('form', `${name} is not a whole number`);
  }
  return value as number;
}

function instant(value: unknown, name: string): string {
  const text = textOf(value, name);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new DataProblem('form', `${name} is not an instant`);
  }
  return text;
}

function zone(value: unknown): string {
  const name = textOf(value, 'dataset.timezone');
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    throw new DataProblem('form', 'dataset.timezone is not a time zone');
  }
  return name;
}
