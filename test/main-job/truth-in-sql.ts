import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * The truth about the example uploads, computed by DuckDB from the raw bytes alone: cut into lines and cells, local time
 * by the European Union's rule, the doubled hour by the step back in the file, the later file wins, the plausible range.
 * Makes the tables `truth_readings` (time, location, source, data_key, data_value, good) and `truth_hours`.
 */
export async function computeTruth(duckdb: DuckDBConnection, drive: string, seeds: string): Promise<void> {
  for (const statement of statements(drive, seeds)) await duckdb.run(statement);
}

/** `wall` → instant; `step` counts the steps back before the row, within its file. */
const INSTANT = `
  case
    -- The clocks go forward on the last Sunday of March at 02:00, and back on the last Sunday of October at 03:00.
    when wall < last_sunday(year(wall), 3) + interval 2 hour then wall - interval 1 hour
    when wall < last_sunday(year(wall), 10) + interval 2 hour then wall - interval 2 hour
    when wall < last_sunday(year(wall), 10) + interval 3 hour and step = 0 then wall - interval 2 hour
    else wall - interval 1 hour
  end`;

function statements(drive: string, seeds: string): string[] {
  const seed = (name: string) => `read_csv('${seeds}/${name}.csv', header = true, all_varchar = true)`;
  return [
    `create macro last_sunday(y, m) as
       (last_day(make_date(y, m, 1)) - cast(dayofweek(last_day(make_date(y, m, 1))) as integer))::timestamp`,
    `create table lines as
       select filename as file, line, text from (
         select filename, unnest(string_split(replace(replace(content, chr(65279), ''), chr(13), ''), chr(10))) as text,
                generate_subscripts(string_split(content, chr(10)), 1) as line
         from read_text('${drive}/*/Latest/Upload/*.csv'))
       where text <> ''`,

    // Atrea: one table, a column for each sensor.
    `create table atrea_rows as
       select file, line, string_split(text, ';') as cells,
              strptime(string_split(text, ';')[1], '%d.%m.%Y %H:%M:%S') as wall
       from lines where file like '%/Graph%' and line > 1`,
    `create table atrea_labels as
       select file, unnest(string_split(text, ';')) as label, generate_subscripts(string_split(text, ';'), 1) as column_at
       from lines where file like '%/Graph%' and line = 1`,
    `create table atrea_readings as
       with stepped as (
         select *, count(*) filter (where back) over (partition by file, wall::date order by line) as step
         from (select *, wall <= lag(wall) over (partition by file order by line) as back from atrea_rows))
       select file, line, ${INSTANT} as time, mapping.location, 'Atrea' as source, mapping.data_key,
              replace(cells[column_at], ',', '.')::double as data_value
       from stepped join atrea_labels using (file)
       join ${seed('mapping')} as mapping on mapping.data_key_original = label
       where cells[column_at] <> ''`,

    // ThermoPro: a file for each sensor, in its name; day and month in an order that a day after the 12th tells.
    `create table thermopro_rows as
       select file, line, upper(regexp_extract(file, '_export_([0-9A-Fa-f]{4})_', 1)) as sensor,
              string_split(text, ',') as cells, string_split(string_split(text, ',')[1], '/') as date_parts
       from lines where file like '%_export_%' and line > 2`,
    `create table thermopro_readings as
       with orders as (
         select file, max(date_parts[1]::integer) > 12 as day_first from thermopro_rows group by file),
       walls as (
         select *, make_date(date_parts[3]::bigint, date_parts[if(day_first, 2, 1)]::bigint, date_parts[if(day_first, 1, 2)]::bigint)
                   + (cells[2] || if(length(cells[2]) > 5, '', ':00'))::time as wall
         from thermopro_rows join orders using (file)),
       stepped as (
         select *, count(*) filter (where back) over (partition by file, wall::date order by line) as step
         from (select *, wall <= lag(wall) over (partition by file order by line) as back from walls)),
       cells as (
         select file, line, ${INSTANT} as time, sensor, 'temp_indoor' as data_key, cells[3] as cell from stepped
         union all select file, line, ${INSTANT}, sensor, 'humidity_indoor', cells[4] from stepped)
       select file, line, time, sensors.location, 'ThermoPro' as source, data_key, cell::double as data_value
       from cells join ${seed('mapping_indoor')} as sensors using (sensor)
       where cell not in ('', '-', 'NA', 'N/A', 'NULL')`,

    `create table truth_readings as
       select time, location, source, data_key, arg_max(data_value, (file, line)) as data_value,
              arg_max(data_value, (file, line)) between any_value(minimum::double) and any_value(maximum::double) as good
       from (select * from atrea_readings union all select * from thermopro_readings)
       join ${seed('data_keys')} as data_keys using (data_key)
       group by time, location, source, data_key`,
    `create table truth_hours as
       select date_trunc('hour', time) as time, coalesce(map."to", location) as location, source,
              any_value(measurement) as measurement, data_key,
              if(any_value(measurement) = 'additive', sum(data_value), avg(data_value)) as data_value,
              count(*) as n, min(data_value) as minimum, max(data_value) as maximum, location as internal
       from truth_readings join ${seed('data_keys')} as data_keys using (data_key)
       left join ${seed('location_map')} as map on map."from" = location
       where good group by all`,
  ];
}
