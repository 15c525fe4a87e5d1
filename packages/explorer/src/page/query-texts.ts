import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import type { FilesList } from '../dataset/files-list';
import type { SeriesName } from '../dataset/parquet-file';
import { filesOf, type TimeStep } from '../dataset/series-rows';

/** Rows that a program elsewhere is to read. */
export interface Wanted {
  readonly keys: readonly SeriesName[];
  readonly step: TimeStep;
  readonly from: number;
  readonly to: number;
}

const TIMES = { hour: 'time', day: 'date', week: 'week_start' } as const;
const COLUMNS = ['location', 'source', 'data_key', 'data_value', 'n', 'minimum', 'maximum'];

/** The first and the last day of a span, in the zone of the dataset's days. */
function daysOf({ from, to }: Wanted, list: FilesList): [string, string] {
  const zone = openZone(list.dataset.timezone);
  const day = (instant: number) => new Date(instant + zone.offsetAt(instant)).toISOString().slice(0, 10);
  return [day(from), day(to - 1)];
}

const instantText = (at: number) => `${new Date(at).toISOString().slice(0, 19)}+00:00`;
const inSql = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** A JSON string is a string of Python too. */
const inPython = (text: string) => JSON.stringify(text);

/** SQL for DuckDB. @param base address of the folder with the files, ending with a slash */
export function duckdbQuery(wanted: Wanted, list: FilesList, base: string): string {
  const time = TIMES[wanted.step];
  const [first, last] = daysOf(wanted, list);
  const files = filesOf(list, wanted.step, wanted.from, wanted.to).map(({ name }) => `  ${inSql(base + name)}`);
  const keys = wanted.keys.map((key) => `  (${[key.location, key.source, key.dataKey].map(inSql).join(', ')})`);
  const period =
    wanted.step === 'hour'
      ? `${time} >= TIMESTAMPTZ ${inSql(instantText(hourOf(wanted.from)))} AND ${time} < TIMESTAMPTZ ${inSql(instantText(wanted.to))}`
      : `${time} BETWEEN DATE ${inSql(wanted.step === 'week' ? weekBefore(first) : first)} AND DATE ${inSql(last)}`;
  return `SELECT ${[time, ...COLUMNS].join(', ')}
FROM read_parquet([
${files.join(',\n')}
])
WHERE (location, source, data_key) IN (
${keys.join(',\n')}
)
  AND ${period}
ORDER BY location, source, data_key, ${time};
`;
}

/** Python with pandas and pyarrow. @param base address of the folder with the files, ending with a slash */
export function pandasQuery(wanted: Wanted, list: FilesList, base: string): string {
  const time = TIMES[wanted.step];
  const [first, last] = daysOf(wanted, list);
  const files = filesOf(list, wanted.step, wanted.from, wanted.to).map(({ name }) => `    ${inPython(base + name)},`);
  const keys = wanted.keys.map((key) => `    (${[key.location, key.source, key.dataKey].map(inPython).join(', ')}),`);
  const period =
    wanted.step === 'hour'
      ? `rows = rows[(rows["time"] >= ${inPython(instantText(hourOf(wanted.from)))}) & (rows["time"] < ${inPython(instantText(wanted.to))})]`
      : `days = pd.to_datetime(rows["${time}"])\nrows = rows[(days >= ${inPython(wanted.step === 'week' ? weekBefore(first) : first)}) & (days <= ${inPython(last)})]`;
  return `import pandas as pd

files = [
${files.join('\n')}
]
series = [
${keys.join('\n')}
]
columns = ${JSON.stringify([time, ...COLUMNS])}
rows = pd.concat([pd.read_parquet(file, columns=columns) for file in files])
chosen = pd.MultiIndex.from_frame(rows[["location", "source", "data_key"]].astype(str)).isin(series)
rows = rows[chosen]
${period}
rows = rows.sort_values(["location", "source", "data_key", "${time}"])
`;
}

/** The hour that a period begins in is a part of it. */
const hourOf = (instant: number) => Math.floor(instant / HOUR) * HOUR;

/** A week belongs to a period that it reaches into: its Monday may be six days before. */
const weekBefore = (day: string) => new Date(Date.parse(day) - 6 * DAY).toISOString().slice(0, 10);
