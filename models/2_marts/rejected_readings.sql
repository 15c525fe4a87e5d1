-- Readings that cannot be facts, counted by file and reason: facts + these = readings landed.
{{ config(materialized='table') }}
select
    readings.datasource_id,
    readings.file,
    case
        when readings.location is null and readings.measurement is null then 'column-not-mapped'
        when readings.location is null then 'sensor-outside-its-validity'
        when data_keys.data_key is null then 'data-key-not-declared'
        else 'location-not-listed'
    end as reason,
    case reason
        when 'data-key-not-declared' then readings.measurement
        when 'location-not-listed' then readings.location
    end as found,
    count(*) as readings
from {{ ref('attributed_readings') }} as readings
left join {{ ref('data_keys') }} as data_keys on data_keys.data_key = readings.measurement
left join {{ ref('location_map') }} as locations on locations."from" = readings.location
where readings.location is null or data_keys.data_key is null or locations."from" is null
group by all
