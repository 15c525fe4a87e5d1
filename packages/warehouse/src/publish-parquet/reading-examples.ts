import type { PublicTable } from '../dataset/public-table';

/** One series of the dataset and the last UTC month in which it has hours, for examples that give rows. */
export interface ExampleSeries {
  readonly location: string;
  readonly dataKey: string;
  /** First day of the month and of the month after it, such as `2024-11-01`. */
  readonly from: string;
  readonly until: string;
}

/** Letters, digits and marks that stand for themselves in SQL, Python and Markdown alike. */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u;

/** The series whose hours end last, so that its month is one of the newest; undefined if no name is plain. */
export function exampleSeries({ runs, time }: PublicTable): ExampleSeries | undefined {
  const plain = runs.filter(({ location, dataKey }) => PLAIN.test(location) && PLAIN.test(dataKey));
  const [first, ...others] = plain;
  if (first === undefined) return undefined;
  const endOf = ({ end }: { readonly end: number }) => time[end - 1]!;
  const { location, dataKey, ...run } = others.reduce((best, one) => (endOf(one) > endOf(best) ? one : best), first);
  const last = new Date(endOf(run));
  const day = (month: number) => new Date(Date.UTC(last.getUTCFullYear(), month, 1)).toISOString().slice(0, 10);
  return { location, dataKey, from: day(last.getUTCMonth()), until: day(last.getUTCMonth() + 1) };
}

/**
 * The part of the dataset's README that shows how it is read; each block runs as it stands, where the file lies.
 * @param dataset its name, which has no character that a quotation mark or a file system minds
 */
export function readingSection(dataset: string, example: ExampleSeries | undefined): string {
  const file = `${dataset}.parquet`;
  if (example === undefined) return `## Reading it\n${block('sql', `-- DuckDB\nselect * from '${file}';`)}\n`;
  const { location, dataKey, from, until } = example;
  return `## Reading it
Say the zone of each time, here +00:00 (UTC): a time without one is an error in pandas, and local time in DuckDB.
${block(
  'sql',
  `-- DuckDB
select time, data_value from '${file}'
where location = '${location}' and data_key = '${dataKey}'
  and time >= '${from} 00:00:00+00:00' and time < '${until} 00:00:00+00:00'
order by time;`,
)}
${block(
  'python',
  `# pandas, with pyarrow
import pandas as pd
df = pd.read_parquet('${file}')
df.query('time >= "${from} 00:00:00+00:00" & time < "${until} 00:00:00+00:00"')`,
)}
The column is \`time\`. Code that asks for \`timestamp\`, without a zone, runs as it is after one more line:
${block(
  'python',
  `import pandas as pd
df = pd.read_parquet('${file}')
df['timestamp'] = df['time'].dt.tz_localize(None)  # UTC, without saying so
df.query('timestamp >= "${from}" & timestamp < "${until}"')`,
)}
In R, the package arrow reads the same file: \`read_parquet\`.
`;
}

function block(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}
