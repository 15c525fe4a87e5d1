import type { Example } from './described-dataset';

/**
 * The part of the dataset's README that shows how to read it; each block runs as it is.
 * @param file name of the flat table's file, which is safe within quotation marks and on any disk
 * @param address where the files are, without `/` at its end; undefined: in the reader's own folder
 */
export function queries(file: string, address: string | undefined, example: Example | undefined): string {
  const place = address === undefined ? file : `${address}/${file}`;
  if (example === undefined) return block('sql', `-- DuckDB\nselect * from '${place}';`);
  const { location, dataKey, from, until } = example;
  return `${
    address === undefined ? 'Run these in the folder with the files.' : 'Each of these runs as it is.'
  } Give each time its zone, here +00:00 (UTC): a time without one is an error in
pandas, and local time in DuckDB.
${block(
  'sql',
  `-- DuckDB
select time, data_value from '${place}'
where location = '${location}' and data_key = '${dataKey}'
  and time >= '${from} 00:00:00+00:00' and time < '${until} 00:00:00+00:00'
order by time;`,
)}
${block(
  'python',
  `# pandas, with pyarrow
import pandas as pd
df = pd.read_parquet('${place}')
df.query('time >= "${from} 00:00:00+00:00" & time < "${until} 00:00:00+00:00"')`,
)}
${block(
  'python',
  `# polars
import polars as pl
df = pl.scan_parquet('${place}')
df = df.filter(pl.col('location') == '${location}', pl.col('data_key') == '${dataKey}')
df = df.filter(pl.col('time').dt.date().is_between(pl.date(${comma(from)}), pl.date(${comma(until)}), closed='left'))
df.collect()`,
)}
${block('r', inR(file, address, example))}
The column is \`time\`. Code for pandas that expects \`timestamp\`, without a zone, runs after one more line:
${block(
  'python',
  `import pandas as pd
df = pd.read_parquet('${place}')
df['timestamp'] = df['time'].dt.tz_localize(None)  # UTC, without a zone
df.query('timestamp >= "${from}" & timestamp < "${until}"')`,
)}`;
}

/** `2024-11-01` as the arguments of a date. */
const comma = (day: string) => day.split('-').map(Number).join(', ');

function inR(file: string, address: string | undefined, { location, dataKey, from, until }: Example): string {
  const fetch = address === undefined ? '' : `download.file('${address}/${file}', '${file}', mode = 'wb')\n`;
  return `# R, with arrow and dplyr
library(arrow)
library(dplyr)
${fetch}read_parquet('${file}') |>
  filter(location == '${location}', data_key == '${dataKey}') |>
  filter(time >= as.POSIXct('${from}', tz = 'UTC'), time < as.POSIXct('${until}', tz = 'UTC'))`;
}

function block(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}
