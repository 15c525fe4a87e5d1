-- The peer: the same hours by the shortest honest way in DuckDB. It parses, localises, drops the rows that overlapping
-- exports repeat, averages by hour and writes one file. It checks nothing, keeps no history and publishes nothing.
-- Variables: uploads, seeds (folders), out (the file).
set threads = 2;
set TimeZone = 'UTC';

-- ThermoPro: a file per sensor; the order of day and month is that of the file.
create temp table indoor_rows as
select "filename" as file, day_text, time_of_day, temperature, humidity
from read_csv(
    getvariable('uploads') || '/Indoor/Latest/Upload/*.csv',
    auto_detect = false, header = false, skip = 2, delim = ',', filename = true,
    nullstr = ['', '-', 'NA', 'N/A', 'NULL'],
    columns = {
        'day_text': 'VARCHAR', 'time_of_day': 'TIME', 'temperature': 'DOUBLE', 'humidity': 'DOUBLE', 'trailing': 'VARCHAR'
    }
);

create temp table days as
select
    *,
    -- The clocks go back on the last Sunday of October: 02:00 to 03:00 comes twice.
    month(day) = 10 and day(day) > 24 and dayofweek(day) = 0 as doubled
from (
    select
        file,
        day_text,
        upper(regexp_extract(file, '_([0-9A-Fa-f]{4})_', 1)) as sensor,
        case
            when max(cast(split_part(day_text, '/', 1) as integer)) over (partition by file) > 12
                then cast(strptime(day_text, '%d/%m/%Y') as date)
            else cast(strptime(day_text, '%m/%d/%Y') as date)
        end as day
    from (select distinct file, day_text from indoor_rows)
);

-- DuckDB takes a doubled time for the second pass; before the step back in the file it is the first.
create temp table first_pass as
select line
from (
    select line, sum(step) over (partition by file order by line) as steps
    from (
        select
            indoor_rows.file,
            indoor_rows.rowid as line,
            if(time_of_day <= lag(time_of_day) over (partition by file order by indoor_rows.rowid), 1, 0) as step
        from indoor_rows
        join days using (file, day_text)
        where days.doubled and hour(indoor_rows.time_of_day) = 2
    )
)
where steps = 0;

create temp table indoor as
with readings as (
    select
        days.sensor,
        days.day + indoor_rows.time_of_day as wall,
        days.doubled and indoor_rows.rowid in (select line from first_pass) as first,
        any_value(indoor_rows.temperature) as temperature,
        any_value(indoor_rows.humidity) as humidity
    from indoor_rows
    join days using (file, day_text)
    group by all
)
select
    -- Offsets are whole hours: an hour can be averaged first and localised then.
    timezone('Europe/Prague', date_trunc('hour', wall)) - to_hours(if(first, 1, 0)) as time,
    sensor,
    avg(temperature) filter (temperature between -40 and 80) as temp_indoor,
    count(*) filter (temperature between -40 and 80) as temp_indoor_n,
    avg(humidity) filter (humidity between 0 and 100) as humidity_indoor,
    count(*) filter (humidity between 0 and 100) as humidity_indoor_n
from (select sensor, wall, first, temperature, humidity from readings)
group by sensor, date_trunc('hour', wall), first;

-- Atrea: a column per series.
create temp table ventilation_rows as
select *
from read_csv(
    getvariable('uploads') || '/Vzduchotechnika/Latest/Upload/Graph*.csv',
    header = true, delim = ';', decimal_separator = ',', timestampformat = '%d.%m.%Y %H:%M:%S',
    types = {'Date': 'TIMESTAMP'}, filename = true, union_by_name = true
);

create temp table ventilation as
with walls as (
    select
        *,
        rowid as line,
        month("Date") = 10 and day("Date") > 24 and dayofweek("Date") = 0 and hour("Date") = 2 as doubled
    from ventilation_rows
),
instants as (
    select
        *,
        timezone('Europe/Prague', "Date")
        - to_hours(if(doubled and sum(step) over (partition by filename, doubled order by line) = 0, 1, 0)) as time
    from (
        select
            *, if(doubled and "Date" <= lag("Date") over (partition by filename, doubled order by line), 1, 0) as step
        from walls
    )
),
cells as (
    unpivot (select time, columns('^KOT') from instants) on columns(* exclude (time)) into name label value cell
),
readings as (
    select cells.time, mapping.location, mapping.data_key, any_value(cells.cell) as cell
    from cells
    join read_csv(getvariable('seeds') || '/mapping.csv', all_varchar = true) as mapping
        on mapping.data_key_original = cells.label
    group by all
)
select date_trunc('hour', time) as time, location, data_key, avg(cell) as data_value, count(*) as n
from readings
where cell between -40 and 80
group by all;

create temp table hours as
with internal as (
    select hour.time, sensor.location, 'ThermoPro' as source, hour.data_key, hour.data_value, hour.n
    from (
        select time, sensor, 'temp_indoor' as data_key, temp_indoor as data_value, temp_indoor_n as n from indoor
        union all
        select time, sensor, 'humidity_indoor', humidity_indoor, humidity_indoor_n from indoor
    ) as hour
    join read_csv(getvariable('seeds') || '/mapping_indoor.csv', all_varchar = true) as sensor using (sensor)
    where hour.n > 0
    union all
    select time, location, 'Atrea', data_key, data_value, n from ventilation
)
select internal.time, place."to" as location, internal.source, internal.data_key, internal.data_value, internal.n
from internal
join read_csv(getvariable('seeds') || '/location_map.csv', all_varchar = true) as place on place."from" = internal.location;

copy (select * from hours order by location, source, data_key, time)
to (getvariable('out')) (format parquet, compression zstd);
