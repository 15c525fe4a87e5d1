import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { AcceptedHeader } from '@sensor-warehouse/model/seeds/contract';
import { type ColumnLook, MOST_NAMES } from '../cells/column-look';
import type { Header, Unknown } from '../header/header';
import { someOf } from '../header/label-text';
import type { Missing } from '../header/missing-columns';
import { UnreadableFile } from '../report/report';
import { intervalColumns } from '../sample/interval-columns';
import { isDated } from '../sample/time-parts';
import { cellText } from '../text/rows';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { meaningOf } from './label-words';
import type { Diagnosis } from './mismatches';
import { timeKindOfColumn } from './time-parts';

/** A file whose labels do not fit, as far as it is known. */
export interface Mismatch {
  readonly file: TextFile;
  readonly headerLine: number;
  readonly labels: readonly string[];
  readonly header: Header;
  readonly unknown: readonly Unknown[];
  readonly missing: readonly Missing[];
  /** The accepted header closest to the file. */
  readonly nearest: AcceptedHeader | undefined;
}

const NEW_SOURCE =
  'export the file as before; if exports look like this from now on, declare a datasource of their own (warehouse add-datasource FILE)';

/** Labels of columns that name sensors, places or quantities, in words without accents. */
const NAMING =
  /(^|[^a-z])(sensor|device|node|station|channel|entity|location|room|place|topic|tag|probe|logger|name|id|parameter|quantity|measurement|metric|variable|cidlo|snimac|zarizeni|stanice|mistnost|misto|umisteni|velicina|geraet|gerat|fuehler|fuhler|raum|ort|messgrosse|kanal|standort)($|[^a-z])/;
/** Rows are so often of a time that another row has, if each time has a row for each of several sensors. */
const OFTEN = 0.2;
const MOST_TIMES = 50_000;

/**
 * One finding for a file that is arranged in another way: rows for columns, columns for rows, the time in more or fewer
 * columns, or nothing familiar. Renaming single columns would explain none of these.
 */
export async function changedLayout(
  mismatch: Mismatch,
  looks: readonly ColumnLook[],
  timeLooks: readonly ColumnLook[],
  datasource: Datasource,
): Promise<Diagnosis | undefined> {
  return (
    timesAsColumns(mismatch, datasource) ??
    timeInOtherColumns(mismatch, looks, timeLooks, datasource) ??
    (await nowLong(mismatch, looks, datasource)) ??
    nowWide(mismatch, looks, datasource)
  );
}

function layoutFinding(
  { labels, missing }: Mismatch,
  column: string | undefined,
  message: string,
  datasource: Datasource,
  fix = NEW_SOURCE,
): Diagnosis {
  const expected = missing.filter(({ needed }) => needed).map(({ accepted }) => accepted[0]!);
  return {
    severity: 'error',
    code: 'layout-changed',
    ...(column === undefined ? {} : { column }),
    found: someOf(labels),
    expected: someOf([
      ...new Set(expected.length > 0 ? expected : [...datasource.timeColumns, ...datasource.columns.keys()]),
    ]),
    message,
    fix,
  };
}

/** A column for each time of day or each date: every label of them would be a finding of its own. */
function timesAsColumns(mismatch: Mismatch, datasource: Datasource): Diagnosis | undefined {
  const unknown = mismatch.unknown.map(({ label }) => label);
  const found = intervalColumns(mismatch.labels);
  const clocks = found?.isClock ? found.labels.filter((label) => unknown.includes(label)) : [];
  const dates = unknown.filter(isDated);
  if (clocks.length === 0 && dates.length < 3) return undefined;
  const [each, columns] = clocks.length > 0 ? ['time of day', clocks] : ['date', dates];
  const [first, last] = [columns[0]!, columns.at(-1)!];
  const message = `the export has a column for each ${each}, such as ${quoted(first)} and ${quoted(last)}`;
  return layoutFinding(mismatch, undefined, message, datasource, 'export it with a row for each time, as before');
}

/** Date and time in one column instead of two, or in two instead of one. */
function timeInOtherColumns(
  mismatch: Mismatch,
  looks: readonly ColumnLook[],
  timeLooks: readonly ColumnLook[],
  datasource: Datasource,
): Diagnosis | undefined {
  const { unknown, missing, header } = mismatch;
  const { timeColumns } = datasource;
  const lost = timeColumns.filter((label) => missing.some(({ accepted }) => accepted.includes(label)));
  const ofKind = (kind: string) => unknown.filter((_, i) => looks[i]!.time === kind && looks[i]!.varies);
  const kindNow = (label: string) =>
    timeLooks[header.timeAt.slice(0, timeColumns.indexOf(label)).filter((at) => at >= 0).length]?.time;
  if (timeColumns.length === 2 && lost.length > 0) {
    const kept = timeColumns.find((label) => !lost.includes(label));
    const whole =
      kept === undefined ? ofKind('datetime').map(({ label }) => label) : kindNow(kept) === 'datetime' ? [kept] : [];
    if (whole.length === 0 || ofKind('date').length + ofKind('clock').length > 0) return undefined;
    const fix = `export the file as before; if exports look like this from now on, declare a datasource of their own with the one time column ${quoted(whole[0]!)} (warehouse add-datasource FILE)`;
    return layoutFinding(
      mismatch,
      whole[0],
      `date and time are now in one column, ${quoted(whole[0]!)}`,
      datasource,
      fix,
    );
  }
  if (timeColumns.length !== 1 || timeKindOfColumn(timeColumns[0]!, datasource) !== 'datetime') return undefined;
  const [clock] = ofKind('clock');
  const day =
    lost.length > 0 ? ofKind('date')[0]?.label : kindNow(timeColumns[0]!) === 'date' ? timeColumns[0] : undefined;
  if (clock === undefined || day === undefined || (lost.length > 0 && ofKind('datetime').length > 0)) return undefined;
  const both = `${quoted(day)} and ${quoted(clock.label)}`;
  const fix = `export the file as before; if exports look like this from now on, declare a datasource of their own with the time columns ${both} (warehouse add-datasource FILE)`;
  return layoutFinding(mismatch, clock.label, `date and time are now in two columns, ${both}`, datasource, fix);
}

/** A row for each sensor and time, where each sensor had its columns or its file. */
async function nowLong(
  mismatch: Mismatch,
  looks: readonly ColumnLook[],
  datasource: Datasource,
): Promise<Diagnosis | undefined> {
  const { unknown, header, file, headerLine } = mismatch;
  if (datasource.layout === 'long' || mismatch.labels.length < 3) return undefined;
  const readings = header.roles.some((role) => role.kind === 'value');
  if (datasource.layout === 'wide' && readings) return undefined;
  const knownTime = header.timeAt.every((at) => at >= 0) ? header.timeAt : [];
  const newTime = unknown.filter((_, i) => looks[i]!.time !== undefined && looks[i]!.varies).map(({ at }) => at);
  const timeAt = knownTime.length > 0 ? knownTime : newTime;
  const values = unknown.filter(
    (_, i) => looks[i]!.time === undefined && looks[i]!.numbers > looks[i]!.filled / 2,
  ).length;
  const before = (mismatch.nearest?.labels ?? [...datasource.columns.keys()]).filter((label) =>
    datasource.columns.has(label),
  );
  const isShort = datasource.layout === 'wide' && !readings && values < before.length;
  for (const [i, { label, at }] of unknown.entries()) {
    const look = looks[i]!;
    if (look.time !== undefined || look.names === MOST_NAMES) continue;
    const isText = look.filled === 0 || look.numbers < look.filled / 2;
    const isNaming = NAMING.test(plain(label));
    if (!isText && !isNaming) continue;
    const told = `the export is now a long table: one row for each time and ${quoted(label)}`;
    // One sensor alone has each time once: then its column must say what it is, and there be fewer columns of numbers.
    if (isText && isNaming && isShort) return layoutFinding(mismatch, label, told, datasource);
    if (look.varies && timeAt.length > 0 && (await timesRepeat(file, headerLine, timeAt, at)))
      return layoutFinding(mismatch, label, told, datasource);
  }
  return undefined;
}

/** Whether the same times recur, each time with another name. */
async function timesRepeat(
  file: TextFile,
  headerLine: number,
  timeAt: readonly number[],
  at: number,
): Promise<boolean> {
  const names = new Map<string, string>();
  let rows = 0;
  let again = 0;
  try {
    await visitRows(file, (row, cells) => {
      if (row.line <= headerLine || row.fault !== undefined || cells.count <= Math.max(at, ...timeAt)) return true;
      const time = timeAt.map((one) => cellText(row, cells, one)).join(' ');
      const name = cellText(row, cells, at);
      const first = names.get(time);
      rows++;
      if (first === undefined) names.set(time, name);
      else if (first !== name) again++;
      return names.size < MOST_TIMES;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return rows > 1 && again >= OFTEN * rows;
}

/** A column for each sensor or quantity, where one column named them. */
function nowWide(mismatch: Mismatch, looks: readonly ColumnLook[], datasource: Datasource): Diagnosis | undefined {
  const { sensorColumn, quantityColumn, valueColumn, sensors, columns } = datasource;
  if (datasource.layout !== 'long') return undefined;
  const away = (label: string | undefined) =>
    label !== undefined && mismatch.missing.some(({ accepted }) => accepted.includes(label));
  if (!away(sensorColumn) && !(away(valueColumn) && away(quantityColumn))) return undefined;
  const texts = mismatch.unknown.filter(
    (_, i) => looks[i]!.time === undefined && looks[i]!.numbers < looks[i]!.filled / 2,
  );
  const numbers = mismatch.unknown.filter(
    (_, i) => looks[i]!.time === undefined && looks[i]!.numbers > looks[i]!.filled / 2,
  );
  const named = numbers.filter(
    ({ label }) => sensors.has(label.toUpperCase()) || (away(valueColumn) && columns.has(label)),
  );
  if (texts.length > 0 || (named.length === 0 && numbers.length < 3)) return undefined;
  return layoutFinding(
    mismatch,
    undefined,
    'the export is now a wide table: a column for each sensor or quantity, and no column that names them',
    datasource,
  );
}

/** One finding for a file in which nothing but a time is left of what the source knows. */
export function foreignLayout(mismatch: Mismatch, datasource: Datasource): Diagnosis {
  const quantities = [...new Set(mismatch.unknown.map(({ label }) => meaningOf(label).quantity).filter(Boolean))];
  const what = quantities.length === 0 ? '' : `, which seem to hold ${quantities.join(', ')}`;
  return layoutFinding(
    mismatch,
    undefined,
    `the export has a different layout: none of its ${mismatch.unknown.length} columns${what} belongs to the source`,
    datasource,
    'check that the file belongs to this source; if exports look like this from now on, declare a datasource of their own (warehouse add-datasource FILE)',
  );
}

function plain(label: string): string {
  return label
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase();
}
