import type { Month } from '@sensor-warehouse/model/month';
import type { Measurement } from '@sensor-warehouse/model/readings';

/**
 * Runs in the Python of dbt's environment, which has the same DuckDB that built the models: writes the model `fact`
 * as sorted Parquet and counts it, by itself, because dbt's results do not count rows.
 * Texts are sorted and written as enums: a tenth of the time, and the same order, for an enum sorts by its list, which
 * must not be empty.
 * Datasource, month, location, source and data_key are sorted as one number, the place of the key among all that there
 * can be (a year has four digits), and instants as whole numbers: sorting by nine columns, and taking the month of an
 * instant in a time zone, cost more than everything else.
 * Reads {database, facts} as JSON from standard input, writes the counts as JSON to standard output.
 */
export const EXPORT_FACTS = `
import duckdb, json, sys
order = json.load(sys.stdin)
quoted = lambda path: "'" + path.replace("'", "''") + "'"
c = duckdb.connect()
c.execute("set timezone='UTC'")
c.execute("set enable_progress_bar=false")
c.execute("set threads=2")
c.execute(f"attach {quoted(order['database'])} as warehouse (read_only)")
c.execute("use warehouse")
texts = ("location", "source", "measurement", "data_key", "datasource_id", "sensor", "file")
utc = "make_timestamp(epoch_us(time))"
month = f"year({utc}) * 12 + month({utc}) - 1"
c.execute(f"create temp table keys as select {', '.join(texts)}, {month} as month, count(*) as facts from fact group by all")
for text in texts:
    c.execute(f"create temp type {text}_list as enum (select cast({text} as varchar) from keys where {text} is not null union select '' order by all)")
coded = {text: f"cast({text} as {text}_list)" for text in texts}
columns = ("time", *texts[:4], "data_value", *texts[4:], "ordinal", "line")
def place(text):
    count = c.execute(f"select len(enum_range(null::{text}_list))").fetchone()[0]
    return f"coalesce(enum_code({text})::bigint, {count})", count + 1
key = "0::bigint"
for code, count in (place("datasource_id"), ("month", 120000), *map(place, ("location", "source", "data_key"))):
    key = f"({key} * {count} + {code})"
c.execute(f"""copy (
    select {', '.join(columns)}
    from (select {', '.join(f"{coded.get(column, column)} as {column}" for column in columns)}, {month} as month from fact)
    order by {key}, epoch_us(time), (ordinal::bigint << 32) + line, enum_code(sensor)
) to {quoted(order['facts'])} (format parquet, parquet_version v2, compression zstd, row_group_size 245760)""")
series = c.execute("""
    select datasource_id, printf('%04d-%02d', month // 12, month % 12 + 1) as month, location, source, measurement, data_key,
        cast(sum(facts) as bigint) as facts
    from keys group by all order by datasource_id, month, location, source, data_key""").fetchall()
try:
    rejected = c.execute("select datasource_id, file, reason, readings from rejected_readings order by all").fetchall()
except duckdb.CatalogException:
    rejected = []
rows = c.execute(f"select count(*) from read_parquet({quoted(order['facts'])})").fetchone()[0]
json.dump({"rows": rows, "series": series, "rejected": rejected}, sys.stdout)
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
  readonly rejected: readonly (readonly [datasource: string, file: string, reason: string, readings: number])[];
}
