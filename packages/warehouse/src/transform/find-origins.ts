/**
 * Python for EXPORT_FACTS: where readings come from whose models do not carry `ordinal`, `line` and `file` on. The rows of
 * the landing with the same time, and the location in a column if one holds it, are where: of several the last, for it is
 * the one that counts. Where readings of one key differ, nobody knows which was the last: they are rejected.
 * A time that no row has is a computed one: it is taken to be of the last upload, line 0, and of its file if there is one.
 */
export const FIND_ORIGINS = `
def find_origins(datasource):
    rows = landing(datasource)
    texts_of_rows = [named(name) for name, kind, *_ in query(f"describe select * from {rows}") if kind == "VARCHAR"]
    of_source = f"datasource_id = {quoted(datasource)}"
    holds = lambda text: query(f"select 1 from {rows} where {text} in (select location from keys where {of_source}) limit 1")
    place = next(filter(holds, texts_of_rows), "null")
    c.execute(f"""create or replace temp table origins as
        select _time as time, {place} as place, max(_ordinal) as ordinal,
            arg_max(_line, (_ordinal::bigint << 32) + _line) as line
        from {rows} group by all""")
    c.execute(f"create or replace temp table uploads as select _ordinal as ordinal, _file as file from {landing('_files')} where {of_source}")
    c.execute(f"""insert into placed
        select typed.* replace (
            coalesce(typed.ordinal, origins.ordinal, (select max(ordinal) from uploads)) as ordinal,
            coalesce(typed.line, origins.line, 0) as line,
            coalesce(typed.file, uploads.file, if((select count(*) from uploads) = 1, (select any_value(file) from uploads), '')) as file
        )
        from typed
        left join origins on origins.time = typed.time and {"true" if place == "null" else "origins.place = typed.location"}
        left join uploads on uploads.ordinal = coalesce(typed.ordinal, origins.ordinal)
        where {of_source}""")
    c.execute(f"""insert into disordered
        select datasource_id, location, source, data_key, time from placed
        where {of_source} group by datasource_id, location, source, data_key, time, ordinal, line having count(distinct data_value) > 1""")
`;
