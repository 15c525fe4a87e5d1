import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import type { Month } from '@sensor-warehouse/model/time/month';
import { FIND_ORIGINS } from './find-origins';

/** What EXPORT_FACTS reads. */
export interface FactOrder {
  /** The database that dbt built, and the folder of the landing. */
  readonly database: string;
  readonly landing: string;
  /** Where the facts are written. */
  readonly facts: string;
  /** Locations that have a public name. */
  readonly locations: readonly string[];
  /** Datasource → columns of its landing, to be counted. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/**
 * Runs in the Python of dbt's environment, which has the same DuckDB that built the models: writes the model `fact`
 * as sorted Parquet and counts it, by itself, because dbt's results do not count rows.
 * Texts are sorted and written as enums: a tenth of the time, and the same order, for an enum sorts by its list, which
 * must not be empty.
 * Datasource, month, location, source and data_key are sorted as one number, the place of the key among all that there
 * can be (a year has four digits), and instants as whole numbers: sorting by nine columns, and taking the month of an
 * instant in a time zone, cost more than everything else.
 * A time without a zone is in UTC, as in dbt's profile; a number of four bytes is the decimal that it was written as.
 * Reads a FactOrder as JSON from standard input, writes FactCounts to standard output.
 */
export const EXPORT_FACTS = `
import duckdb, json, sys
order = json.load(sys.stdin)
quoted = lambda text: "'" + text.replace("'", "''") + "'"
named = lambda column: '"' + column.replace('"', '""') + '"'
listed = lambda values: "(" + ", ".join(map(quoted, values)) + ")"
landing = lambda table: f"read_parquet({quoted(order['landing'] + '/' + table + '/*.parquet')})"
c = duckdb.connect()
query = lambda sql: c.execute(sql).fetchall()
c.execute("set timezone='UTC'")
c.execute("set enable_progress_bar=false")
c.execute("set threads=2")
c.execute(f"attach {quoted(order['database'])} as warehouse (read_only)")
c.execute("use warehouse")
${FIND_ORIGINS}
texts = ("location", "source", "measurement", "data_key", "datasource_id", "sensor", "file")
columns = ("time", *texts[:4], "data_value", *texts[4:], "ordinal", "line")
types = {name: kind for name, kind, *_ in query("describe fact")}
value = "cast(data_value as varchar)" if types.get("data_value") == "FLOAT" else "data_value"
time = "time" if types.get("time") == "TIMESTAMP WITH TIME ZONE" else "cast(time as timestamp)"
typed = {"time": f"cast({time} as timestamptz)", "data_value": f"cast({value} as double)"}
c.execute(f"create temp view typed as select {', '.join(f'{typed.get(one, one)} as {one}' for one in columns)} from fact")
utc = "make_timestamp(epoch_us(time))"
month = f"year({utc}) * 12 + month({utc}) - 1"
def count_keys():
    c.execute(f"""create or replace temp table keys as select {', '.join(texts)}, {month} as month, count(*) as facts,
            count_if(ordinal is null or line is null) as strays,
            count(*) - count_if(time is not null and isfinite(data_value)) as nothings,
            count_if(data_value = data_value::float and data_value * 1e6 <> round(data_value * 1e6)) as floats
        from {facts} group by all""")
facts = "typed"
count_keys()
rejected = []
if query("select 1 from information_schema.tables where table_name = 'rejected_readings'"):
    found = "found" if "found" in [name for name, *_ in query("describe rejected_readings")] else "null"
    rejected += query(f"select datasource_id, file, reason, cast(sum(readings) as bigint), {found} from rejected_readings group by all")

strays = [one for one, in query("select distinct datasource_id from keys where (strays > 0 or file is null) and datasource_id is not null")]
if strays:
    c.execute("create temp table placed as from typed limit 0")
    c.execute("create temp table disordered as select datasource_id, location, source, data_key, time from placed")
    for datasource in sorted(strays):
        find_origins(datasource)
    unknown = "(datasource_id, location, source, data_key, time) in (from disordered)"
    rejected += query(f"select datasource_id, file, 'order-unknown', count(*), null from placed where {unknown} group by all")
    c.execute(f"""create temp view found_again as
        select * from typed where datasource_id is null or datasource_id not in {listed(strays)}
        union all select * from placed where not {unknown}""")
    facts = "found_again"
    count_keys()
places = [one for one, in query("select distinct location from keys")]
if not set(places) <= set(order["locations"]):
    public = f"location in {listed([one for one in places if one in set(order['locations'])] or [''])}"
    rejected += query(f"""select datasource_id, file, 'location-not-listed', cast(sum(facts) as bigint), location
        from keys where ({public}) is not true group by all""")
    c.execute(f"create temp view public_facts as select * from {facts} where {public}")
    facts = "public_facts"
    count_keys()

for text in texts:
    c.execute(f"create temp type {text}_list as enum (select cast({text} as varchar) from keys where {text} is not null union select '' order by all)")
coded = {text: f"cast({text} as {text}_list)" for text in texts}
def place(text):
    count = query(f"select len(enum_range(null::{text}_list))")[0][0]
    return f"coalesce(enum_code({text})::bigint, {count})", count + 1
key = "0::bigint"
for code, count in (place("datasource_id"), ("month", 120000), *map(place, ("location", "source", "data_key"))):
    key = f"({key} * {count} + {code})"
c.execute(f"""copy (
    select {', '.join(columns)}
    from (select {', '.join(f"{coded.get(column, column)} as {column}" for column in columns)}, {month} as month from {facts})
    order by {key}, epoch_us(time), (ordinal::bigint << 32) + line, enum_code(sensor)
) to {quoted(order['facts'])} (format parquet, parquet_version v2, compression zstd, row_group_size 245760)""")
floats = []
if query("select 1 from keys where floats > 0 limit 1"):
    # Of four bytes is what has few digits in four, and many in eight.
    digits = lambda value: f"length(regexp_replace(cast({value} as varchar), '[^0-9]', '', 'g'))"
    floats = query(f"""select datasource_id, data_key, count(*), min(data_value), min(data_value)::float::varchar from {facts}
        where (datasource_id, data_key) in (select (datasource_id, data_key) from keys where floats > 0)
            and data_value = data_value::float and {digits('data_value')} > 9 and {digits('data_value::float')} < 8
        group by all order by all""")
json.dump({
    "rows": query(f"select count(*) from read_parquet({quoted(order['facts'])})")[0][0],
    "series": query("""
        select datasource_id, printf('%04d-%02d', month // 12, month % 12 + 1) as month, location, source, measurement, data_key,
            cast(sum(facts) as bigint) as facts
        from keys group by all order by datasource_id, month, location, source, data_key"""),
    "rejected": sorted(rejected, key=lambda row: tuple(str(one) for one in row)),
    "nothings": query("select cast(coalesce(sum(nothings), 0) as bigint) from keys")[0][0],
    "floats": floats,
    "columns": {source: [
        [label, file, cells]
        for label in labels
        for file, cells in query(f"""select _file, count({named(label)}) from {landing(source)} as rows
            join {landing('_files')} as files on files.datasource_id = {quoted(source)} and files._ordinal = rows._ordinal
            group by all having count({named(label)}) > 0 order by all""")
    ] for source, labels in order["columns"].items()},
}, sys.stdout)
`;

/** What EXPORT_FACTS prints. */
export interface FactCounts {
  /** Rows of the file, counted in it. */
  readonly rows: number;
  /** In the order of the file. */
  readonly series: readonly (readonly [
    datasource: string,
    month: Month,
    location: string,
    source: string,
    measurement: Measurement,
    dataKey: string,
    facts: number,
  ])[];
  /** By upload, if it is known, and by reason; `found` is what the configuration lacks. */
  readonly rejected: readonly (readonly [
    datasource: string | null,
    file: string | null,
    reason: string,
    readings: number,
    found: string | null,
  ])[];
  /** Facts without a time or a finite number. */
  readonly nothings: number;
  /** Facts whose number looks like one of four bytes in eight, with the least as it is and as it may have been meant. */
  readonly floats: readonly (readonly [
    datasource: string,
    dataKey: string,
    facts: number,
    least: number,
    meant: string,
  ])[];
  /** Cells with a value, by column and upload, of the columns that were asked for. */
  readonly columns: Readonly<Record<string, readonly (readonly [column: string, file: string, cells: number])[]>>;
}
