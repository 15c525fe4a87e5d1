-- Readings that cannot be facts, counted by file and reason: facts + these = readings landed.
{{ config(materialized='table') }}
select
    readings.datasource_id,
    readings.file,
    case
        when readings.location is null and readings.measurement is null then 'column-not-mapped'
        when readings.location is null then 'sensor-outside-its-validity'
        else 'data-key-not-declared'
    end as reason,
    if(reason = 'data-key-not-declared', readings.measurement, null) as found,
    count(*) as readings
from {{ ref('attributed_readings') }} as readings
left join {{ ref('data_keys') }} as data_keys on data_keys.data_key = readings.measurement
where readings.location is null or data_keys.data_key is null
group by all
