-- Readings with the datasource that their source names. A row without a value is an empty cell, not a reading.
with readings as (
    -- All columns of the contract: none may be left out here.
    select
        null::timestamptz as "timestamp",
        null::varchar as location,
        null::varchar as measurement,
        null::double as value,
        null::varchar as source,
        null::varchar as datasource_id,
        null::varchar as sensor,
        null::varchar as file,
        null::integer as ordinal,
        null::integer as line
    where false
    union all by name
    select * from {{ ref('fct_sensor_readings') }}
),

named as (
    select distinct datasource_id, _source as source, unnest([datasource_id, lower(_source)]) as spelling
    from {{ source('raw', '_files') }}
)

select "timestamp", location, measurement, value, source, datasource_id, sensor, file, ordinal, line
from readings
where value is not null and datasource_id is not null
union all
select
    readings."timestamp",
    readings.location,
    readings.measurement,
    readings.value,
    coalesce(named.source, readings.source) as source,
    named.datasource_id,
    readings.sensor,
    readings.file,
    readings.ordinal,
    readings.line
from readings
left join named on named.spelling = lower(readings.source)
where readings.value is not null and readings.datasource_id is null
