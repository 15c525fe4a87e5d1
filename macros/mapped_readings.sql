{#
  Generic staging: one row per cell with a value of a landing table, joined with the mapping seeds.
  Returns the columns of the contract that fct_sensor_readings unites. location or data_key is null where no mapping
  fits; `rejected_readings` counts those rows.
#}
{% macro wide_readings(datasource_id, landing, mapping) %}
with cells as (
    unpivot (select * from {{ landing }})
    on columns(* exclude (_time, _file, _ordinal, _line, _sensor, _source))
    into name label value data_value
)
select
    cells._time as "timestamp",
    mapping.location,
    mapping.data_key as measurement,
    cells.data_value as value,
    cells._source as source,
    '{{ datasource_id }}' as datasource_id,
    cells.label as sensor,
    cells._file as file,
    cells._ordinal as ordinal,
    cells._line as line
from cells
left join {{ mapping }} as mapping on mapping.data_key_original = cells.label
{% endmacro %}

{% macro sensor_readings(datasource_id, landing, sensors, quantities) %}
with cells as (
    unpivot (select * from {{ landing }})
    on columns(* exclude (_time, _file, _ordinal, _line, _sensor, _source))
    into name label value data_value
)
select
    cells._time as "timestamp",
    sensors.location,
    quantities.data_key as measurement,
    cells.data_value as value,
    cells._source as source,
    '{{ datasource_id }}' as datasource_id,
    cells._sensor as sensor,
    cells._file as file,
    cells._ordinal as ordinal,
    cells._line as line
from cells
left join {{ places_of(sensors) }} as sensors on upper(sensors.sensor) = cells._sensor and {{ is_valid('sensors', 'cells._time') }}
left join {{ quantities }} as quantities on quantities."column" = cells.label
{% endmacro %}

{#
  A row for each time and sensor, with a column for each quantity; or, with `quantity_column` and `value_column`, a row for
  each reading. The cell of `sensor_column` is a sensor of `sensors`; without `sensors` it is the location.
#}
{% macro long_readings(
    datasource_id, landing, quantities, sensor_column, sensors=none, quantity_column=none, value_column=none
) %}
with cells as (
    {% if quantity_column is none -%}
    unpivot (
        select * exclude ({{ quoted_name(sensor_column) }}), {{ quoted_name(sensor_column) }} as _name from {{ landing }}
    )
    on columns(* exclude (_time, _file, _ordinal, _line, _sensor, _source, _name))
    into name label value data_value
    {%- else -%}
    select
        _time, _file, _ordinal, _line, _source,
        {{ quoted_name(sensor_column) }} as _name,
        {{ quoted_name(quantity_column) }} as label,
        {{ quoted_name(value_column) }} as data_value
    from {{ landing }}
    where {{ quoted_name(value_column) }} is not null
    {%- endif %}
)
select
    cells._time as "timestamp",
    {{ 'cells._name' if sensors is none else 'sensors.location' }} as location,
    quantities.data_key as measurement,
    cells.data_value as value,
    cells._source as source,
    '{{ datasource_id }}' as datasource_id,
    {{ 'cells._name' if sensors is none else 'upper(cells._name)' }} as sensor,
    cells._file as file,
    cells._ordinal as ordinal,
    cells._line as line
from cells
{% if sensors is not none -%}
left join {{ places_of(sensors) }} as sensors
    on upper(sensors.sensor) = upper(cells._name) and {{ is_valid('sensors', 'cells._time') }}
{% endif -%}
left join {{ quantities }} as quantities on quantities."column" = cells.label
{% endmacro %}
