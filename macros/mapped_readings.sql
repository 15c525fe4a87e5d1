{#
  Generic staging: one row per cell of a landing table that has a value, joined with the mapping seeds.
  Gives the columns of the contract that fct_sensor_readings unites; location or data_key is null where no mapping
  fits, and `rejected_readings` counts those.
#}
{% macro wide_readings(datasource_id, landing, mapping) %}
with cells as (
    unpivot (select * from {{ landing }})
    on columns(* exclude (_time, _file, _ordinal, _line, _sensor))
    into name label value data_value
)
select
    cells._time as "timestamp",
    mapping.location,
    mapping.data_key as measurement,
    cells.data_value as value,
    datasource.name as source,
    datasource.datasource_id,
    cells.label as sensor,
    cells._file as file,
    cells._ordinal as ordinal,
    cells._line as line
from cells
left join {{ mapping }} as mapping on mapping.data_key_original = cells.label
cross join (select datasource_id, name from {{ ref('datasources_config') }} where datasource_id = '{{ datasource_id }}') as datasource
{% endmacro %}

{% macro sensor_readings(datasource_id, landing, sensors, quantities) %}
with cells as (
    unpivot (select * from {{ landing }})
    on columns(* exclude (_time, _file, _ordinal, _line, _sensor))
    into name label value data_value
)
select
    cells._time as "timestamp",
    sensors.location,
    quantities.data_key as measurement,
    cells.data_value as value,
    datasource.name as source,
    datasource.datasource_id,
    cells._sensor as sensor,
    cells._file as file,
    cells._ordinal as ordinal,
    cells._line as line
from cells
left join {{ sensors }} as sensors
    on upper(sensors.sensor) = cells._sensor
    and (coalesce(sensors.valid_from, '') = '' or cells._time >= cast(sensors.valid_from as timestamptz))
    and (coalesce(sensors.valid_to, '') = '' or cells._time < cast(sensors.valid_to as timestamptz))
left join {{ quantities }} as quantities on quantities."column" = cells.label
cross join (select datasource_id, name from {{ ref('datasources_config') }} where datasource_id = '{{ datasource_id }}') as datasource
{% endmacro %}

{# Several mapping seeds of one kind as one relation. #}
{% macro united(relations) %}
(
    {%- for relation in relations %}
    select * from {{ relation }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}
)
{% endmacro %}
