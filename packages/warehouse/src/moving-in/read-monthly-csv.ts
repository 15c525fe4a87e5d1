import { basename } from 'node:path';
import { UnreadableFile } from '@sensor-warehouse/intake/report/report';
import { cellText, isBlankRow, type Row, type RowCells } from '@sensor-warehouse/intake/text/rows';
import { closeTextFile, openTextFile, type Room } from '@sensor-warehouse/intake/text/text-file';
import { visitRows } from '@sensor-warehouse/intake/text/visit-rows';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { addReading, type OpenSeries, openSeries, type SeriesTable } from './timed-series';

/** The columns of a row, under the names of InfluxDB, of the old pipeline's first years, and of today. */
const COLUMNS = {
  time: ['time', '_time'],
  location: ['location'],
  source: ['source'],
  measurement: ['measurement', '_measurement'],
  dataKey: ['data_key', 'quantity'],
  value: ['data_value', 'value', '_value'],
} as const;

type Places = Readonly<Record<keyof typeof COLUMNS, number>>;

const COMMA = 0x2c;
const HASH = 0x23;

/**
 * Reads a monthly CSV of the old pipeline: one plain table, or InfluxDB's annotated CSV, which is tables one after the
 * other, each after rows that begin with # and a header of its own.
 * @throws Failure (input) if the file is not such a table, or holds an error of the server
 */
export async function readMonthlyCsv(path: string, room: Room): Promise<SeriesTable> {
  const known = new Map<string, OpenSeries>();
  const timeOf = timeReader();
  let places: Places | undefined;
  let expectsHeader = true;
  let rows = 0;
  let unreadable = 0;
  const visit = (row: Row, cells: RowCells): boolean => {
    if (isBlankRow(row, COMMA)) return true;
    if (row.bytes[row.start] === HASH) {
      expectsHeader = true;
      return true;
    }
    if (expectsHeader) {
      places = placesOf(row, cells, path);
      expectsHeader = false;
      return true;
    }
    rows++;
    const time = timeOf(cellText(row, cells, places!.time));
    const value = numberOf(cellText(row, cells, places!.value));
    if (row.fault !== undefined || Number.isNaN(time) || Number.isNaN(value)) {
      unreadable++;
      return true;
    }
    const names = [places!.location, places!.source, places!.measurement, places!.dataKey].map((at) =>
      cellText(row, cells, at).normalize('NFC'),
    );
    const key = names.join('\0');
    let series = known.get(key);
    if (series === undefined) {
      const [location, source, measurement, dataKey] = names as [string, string, string, string];
      series = openSeries({ location, source, measurement, dataKey });
      known.set(key, series);
    }
    addReading(series, time, value);
    return true;
  };
  const file = openTextFile(
    path,
    { encoding: 'utf-8', comment: Buffer.alloc(0), firstLine: 1, delimiter: COMMA, finalLineEnd: 'optional' },
    room,
  );
  try {
    await visitRows(file, (row, cells) => {
      // A row that is too short has cells of the row before it after its own.
      for (let at = cells.count; at < LEAST_CELLS; at++) cells.starts[at] = cells.ends[at] = row.end;
      return visit(row, cells);
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw notATable(path, error.problem.line ?? 1, `${error.problem.message}: ${error.problem.found ?? ''}`);
  } finally {
    closeTextFile(file);
  }
  if (places === undefined) throw notATable(path, 1, 'no header');
  return { rows, series: [...known.values()], unreadable };
}

const LEAST_CELLS = 64;

function placesOf(row: Row, cells: RowCells, path: string): Places {
  const labels = Array.from({ length: cells.count }, (_, at) => cellText(row, cells, at).replace(/^\uFEFF/, ''));
  const found = Object.entries(COLUMNS).map(
    ([name, spellings]) => [name, labels.findIndex((one) => (spellings as readonly string[]).includes(one))] as const,
  );
  const missing = found.filter(([, at]) => at < 0 || at >= LEAST_CELLS).map(([name]) => name);
  if (missing.length === 0) return Object.fromEntries(found) as Places;
  const error = labels.includes('error') ? 'an error of the server' : `no column for ${missing.join(', ')}`;
  throw notATable(path, row.line, error);
}

function notATable(path: string, line: number, found: string): Failure {
  return new Failure({
    stage: 'legacy',
    what: 'the file is not a monthly CSV of the old pipeline',
    where: `${printable(basename(path))}:${line}`,
    found,
    expected: 'columns time, location, source, measurement, data_key, data_value, or those of InfluxDB',
    consequence: 'nothing was changed',
    fix: 'leave the file out, or export the month again',
    class: 'input',
    code: 'legacy-file',
  });
}

// What InfluxDB and pandas write; whatever is marked, it is the clock of the wall.
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Reads times, and remembers the last: neighbours are often of one instant. NaN for what is not a time. */
function timeReader(): (text: string) => number {
  let last = '';
  let time = Number.NaN;
  return (text) => {
    if (text === last) return time;
    const match = TIME.exec(text);
    last = text;
    time = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${(match[3] ?? '').slice(0, 4)}Z`);
    // Otherwise the 30th of February would be taken for a day of March.
    if (!Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) !== match![1]) time = Number.NaN;
    return time;
  };
}

function numberOf(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
