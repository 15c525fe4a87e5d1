import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { valueLabels } from '@sensor-warehouse/model/seeds/long-layout';
import { likeness } from '../header/similarity';
import { type Problem, UnreadableFile } from '../report/report';
import { formOf, type TextForm } from '../text/text-file';
import { csvCell, jsonCellText } from './cell-text';
import { refuseErrorAnswer } from './error-answer';
import type { JsonValue } from './parse-json';
import { cellOf, type JsonPointer, type JsonRecord, leavesOf, parseJsonPointer } from './pointers';
import { readRecords } from './read-records';

/** What a document contains besides its records. */
export interface JsonTable {
  /** A table of the records, in UTF-8: its header is line 0, and record or line n of the document is line n. */
  readonly path: string;
  readonly datasource: Datasource;
  /** Oddities of the values as JSON, each with a count. */
  readonly notes: readonly { readonly problem: Problem; readonly count: number }[];
}

interface Column {
  readonly label: string;
  readonly pointer: JsonPointer;
}

const MOST_LEAVES = 200;
/** A text that may be read as a number. */
const NUMBER = /^\s*[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?\s*$/i;
const ALIKE = 0.4;
const BLOCK = 1 << 18;
/** Control characters, and halves of characters, which are not text; a line end would make two lines of a record. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/**
 * Turns the records of a JSON document, or of lines of JSON, into a table that is read as any export: by the pointers of the
 * source. The table is removed afterwards.
 * @throws UnreadableFile for what is not JSON, and for an answer that reports an error instead
 */
export async function withJsonTable<T>(
  file: { readonly path: string; readonly name: string },
  datasource: Datasource,
  use: (table: JsonTable) => Promise<T>,
): Promise<T> {
  return withScratch('json', async (folder) => {
    const columns = await columnsOf(file, datasource);
    const path = join(folder, 'table');
    const notes = await writeTable(path, file, columns, datasource);
    return await use({ path, datasource: plain(datasource), notes });
  });
}

/** The table's own form. Numbers of JSON have a point, so none groups their digits. */
function plain(datasource: Datasource): Datasource {
  const own = { delimiter: ',', decimal: '.', encoding: 'utf-8', skipLines: 0, comment: '', unitRow: false } as const;
  return { ...datasource, ...own, thousands: datasource.thousands === '.' ? '' : datasource.thousands };
}

/** The form in which the table is read: its header is line 0. */
export function tableForm(datasource: Datasource): TextForm {
  return { ...formOf(datasource), firstLine: 0 };
}

/** Every requested label that some record has; if one is missing, also the labels that might have replaced it. */
async function columnsOf(
  file: { readonly path: string; readonly name: string },
  datasource: Datasource,
): Promise<Column[]> {
  const wanted = wantedColumns(datasource);
  const present = new Set<Column>();
  const leaves = new Set<string>();
  let root: JsonValue | undefined;
  let records = 0;
  await readRecords(
    file,
    wanted.map(({ pointer }) => pointer),
    (record) => {
      if (record === undefined) return;
      root ??= record.root;
      records++;
      for (const column of wanted) if (cellOf(record, column.pointer) !== undefined) present.add(column);
      if (leaves.size < MOST_LEAVES) for (const leaf of leavesOf(record.record, MOST_LEAVES)) leaves.add(leaf);
    },
  );
  // Nothing can be missing in an empty list.
  if (records === 0) return wanted;
  const found = wanted.filter((column) => present.has(column));
  if (!found.some(({ label }) => isNumber(label, datasource))) refuseErrorAnswer(root);
  const lost = requiredOf(wanted, datasource).filter((column) => !present.has(column));
  if (lost.length === 0) return found;
  const prefix = prefixOf(wanted, datasource);
  const known = new Set(found.map((column) => pathOf(column, datasource)));
  // Interfaces have many more values than anybody asks for: only those that may have taken a lost one's place matter.
  const strange = [...leaves]
    .map((leaf) => `${prefix}${leaf}`)
    .filter((path) => !known.has(path))
    .filter((path) => lost.some((column) => likeness(nameOf(path), nameOf(pathOf(column, datasource))) >= ALIKE));
  // A value that is where a label says, and not where its pointer does, is not that label's: `.temp` is the same place.
  const labels = new Set(wanted.map(({ label }) => label));
  return [
    ...found,
    ...strange.map((path) => ({ label: labels.has(path) ? `.${path}` : path, pointer: parseJsonPointer(path) })),
  ];
}

function wantedColumns(datasource: Datasource): Column[] {
  const { timeColumns, requiredColumns, textColumns, ignoredColumns, pointers, contract } = datasource;
  const labels = new Set([
    ...timeColumns,
    ...textColumns,
    ...requiredColumns,
    ...valueLabels(datasource),
    ...ignoredColumns.keys(),
  ]);
  const own = [...labels].map((label) => ({ label, pointer: parseJsonPointer(pointers.get(label) ?? label) }));
  // A pointer that was accepted for another one.
  const others = [...contract.aliases].map(([label]) => ({ label, pointer: parseJsonPointer(label) }));
  return [...own, ...others];
}

function requiredOf(wanted: readonly Column[], datasource: Datasource): Column[] {
  const standsIn = new Set([...datasource.contract.aliases.values()]);
  return wanted.filter(
    ({ label }) =>
      !datasource.contract.aliases.has(label) && !standsIn.has(label) && !datasource.ignoredColumns.has(label),
  );
}

function isNumber(label: string, datasource: Datasource): boolean {
  return valueLabels(datasource).includes(datasource.contract.aliases.get(label) ?? label);
}

function pathOf({ label }: Column, { pointers }: Datasource): string {
  return pointers.get(label) ?? label;
}

/** The prefix of the pointers to a record's values. */
function prefixOf(columns: readonly Column[], datasource: Datasource): string {
  const inRecord = columns.find(({ pointer }) => pointer.records !== undefined);
  return inRecord === undefined ? '' : `${pathOf(inRecord, datasource).split('[]')[0]}[].`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function unfitText(text: string, line: number, column: string): Problem {
  return {
    code: 'control-character',
    line,
    column,
    found: quoted(text),
    expected: 'text in one line',
    message: 'a text holds a control character, or half of a character',
    fix: 'correct the name in the system that the interface takes it from',
  };
}

async function writeTable(
  path: string,
  file: { readonly path: string; readonly name: string },
  columns: readonly Column[],
  datasource: Datasource,
): Promise<JsonTable['notes']> {
  const line = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\n`;
  const numbers = columns.map(({ label }) => isNumber(label, datasource));
  const kinds = columns.map(() => ({ text: 0, number: 0 }));
  let lines = 0;
  const write = (record: JsonRecord | undefined): string => {
    lines++;
    if (record === undefined) return '\n';
    return line(
      columns.map((column, i) => {
        const value = cellOf(record, column.pointer);
        if (value?.kind === 'number' || (value?.kind === 'text' && NUMBER.test(value.text))) kinds[i]![value.kind]++;
        const text = jsonCellText(value, numbers[i]);
        if (UNFIT.test(text)) throw new UnreadableFile(unfitText(text, lines, pathOf(column, datasource)));
        return text;
      }),
    );
  };
  const table = openSync(path, 'w');
  try {
    let pending = line(columns.map(({ label }) => label));
    await readRecords(
      file,
      columns.map(({ pointer }) => pointer),
      (record) => {
        pending += write(record);
        if (pending.length < BLOCK) return;
        writeSync(table, pending);
        pending = '';
      },
    );
    writeSync(table, pending);
  } finally {
    closeSync(table);
  }
  return columns.flatMap((column, i) => {
    const { text, number } = kinds[i]!;
    if (!numbers[i] || text === 0 || number === 0) return [];
    const problem: Problem = {
      code: 'mixed-types',
      column: pathOf(column, datasource),
      found: `${text} numbers as text, ${number} as numbers`,
      expected: 'one of the two',
      message: 'some numbers are in quotation marks; they were read as numbers',
      fix: 'nothing is lost; check whether the interface changed',
    };
    return [{ problem, count: Math.min(text, number) }];
  });
}
