"""Finds where readings come from if their models do not pass on `ordinal`, `line` and `file`."""

from sql_text import identifier, literal


def prepare_origins(connection):
    """Makes the tables that find_origins() fills: `placed`, the readings of `typed` with their origins, and `disordered`,
    the keys whose readings differ, so that nobody knows which of them was the last."""
    connection.execute("create temp table placed as from typed limit 0")
    connection.execute(
        "create temp table disordered as select datasource_id, location, source, data_key, time from placed"
    )


def find_origins(connection, landing, datasource):
    """Places the readings of a datasource. A reading comes from the row of the landing with its time, and with its location if
    a column holds that; from the last of several, which is the one that counts. A time that no row has was computed: the
    reading is placed in the last upload, on line 0, and in its file if there is only one.

    `landing` gives the SQL of a table of the landing; `typed` and `keys` are tables as export_facts.py makes them.
    """
    rows = landing(datasource)
    of_source = f"datasource_id = {literal(datasource)}"
    place = place_column(connection, rows, of_source)
    connection.execute(f"""create or replace temp table origins as
        select _time as time, {place or "null"} as place, max(_ordinal) as ordinal,
            arg_max(_line, (_ordinal::bigint << 32) + _line) as line
        from {rows} group by all""")
    connection.execute(f"""create or replace temp table uploads as
        select _ordinal as ordinal, _file as file from {landing("_files")} where {of_source}""")
    connection.execute(f"""insert into placed
        select typed.* replace (
            coalesce(typed.ordinal, origins.ordinal, (select max(ordinal) from uploads)) as ordinal,
            coalesce(typed.line, origins.line, 0) as line,
            coalesce(typed.file, uploads.file,
                if((select count(*) from uploads) = 1, (select any_value(file) from uploads), '')) as file
        )
        from typed
        left join origins on origins.time = typed.time and {"origins.place = typed.location" if place else "true"}
        left join uploads on uploads.ordinal = coalesce(typed.ordinal, origins.ordinal)
        where {of_source}""")
    connection.execute(f"""insert into disordered
        select datasource_id, location, source, data_key, time from placed
        where {of_source} group by datasource_id, location, source, data_key, time, ordinal, line
        having count(distinct data_value) > 1""")


def place_column(connection, rows, of_source):
    """The first column of the landing that holds a location of the datasource's readings, as SQL; None if there is none."""
    described = connection.execute(f"describe select * from {rows}").fetchall()
    for name, kind, *_ in described:
        column = identifier(name)
        holds = f"select 1 from {rows} where {column} in (select location from keys where {of_source}) limit 1"
        if kind == "VARCHAR" and connection.execute(holds).fetchall():
            return column
    return None
