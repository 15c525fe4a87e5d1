-- What is handed over: the six columns of a reading, then where it comes from.
select
    readings."timestamp" as time,
    readings.location,
    readings.source,
    data_keys.measurement,
    readings.measurement as data_key,
    readings.value as data_value,
    readings.datasource_id,
    readings.sensor,
    readings.file,
    readings.ordinal,
    readings.line
from {{ ref('attributed_readings') }} as readings
join {{ ref('data_keys') }} as data_keys on data_keys.data_key = readings.measurement
where readings.location is not null
