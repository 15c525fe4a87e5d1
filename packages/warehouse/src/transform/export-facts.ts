/**
 * Runs in the Python of dbt's environment, which has the same DuckDB that built the models: writes the model `fact`
 * as sorted Parquet and counts it, by itself, because dbt's results do not count rows.
 * Reads {database, facts} as JSON from standard input, writes the counts as JSON to standard output.
 */
export const EXPORT_FACTS = `
import duckdb, json, sys
order = json.load(sys.stdin)
c = duckdb.connect(order["database"], read_only=True)
c.execute("set timezone='UTC'")
c.execute("set enable_progress_bar=false")
c.execute("set threads=2")
columns = {row[0] for row in c.execute("describe fact").fetchall()}
path = order["facts"].replace("'", "''")
c.execute(f"""copy (
    select time, location, source, measurement, data_key, data_value, datasource_id, sensor, file, ordinal, line
    from fact
    order by datasource_id, location, source, data_key, time, ordinal, line, sensor
) to '{path}' (format parquet, compression snappy, row_group_size 1000000)""")
facts = c.execute("select datasource_id, count(*) from fact group by all order by all").fetchall()
try:
    rejected = c.execute("select datasource_id, file, reason, readings from rejected_readings order by all").fetchall()
except duckdb.CatalogException:
    rejected = []
json.dump({"facts": facts, "rejected": rejected}, sys.stdout)
`;

/** What EXPORT_FACTS prints. */
export interface FactCounts {
  readonly facts: readonly (readonly [datasource: string | null, facts: number])[];
  readonly rejected: readonly (readonly [datasource: string, file: string, reason: string, readings: number])[];
}
