-- Readings that no mapping fits, counted by file and reason: facts + these = readings landed.
{{ config(materialized='table') }}
select
    readings.datasource_id,
    readings.file,
    case
        when readings.location is null and readings.measurement is null then 'column-not-mapped'
        when readings.location is null then 'sensor-outside-its-validity'
        else 'data-key-not-declared'
    end as reason,
    count(*) as readings
from {{ ref('fct_sensor_readings') }} as readings
left join {{ ref('data_keys') }} as data_keys on data_keys.data_key = readings.measurement
where readings.location is null or data_keys.data_key is null
group by all
