{# The place of each sensor, and the period for which it holds; its start and end may be left out. #}
{% macro places_of(sensors) %}
(
    select null::varchar as sensor, null::varchar as location, null::varchar as valid_from, null::varchar as valid_to where false
    union all by name
    select * from {{ sensors }}
)
{% endmacro %}

{# Whether a reading of a sensor falls into a period of its mapping. #}
{% macro is_valid(sensors, time) %}
(coalesce({{ sensors }}.valid_from, '') = '' or {{ time }} >= cast({{ sensors }}.valid_from as timestamptz))
    and (coalesce({{ sensors }}.valid_to, '') = '' or {{ time }} < cast({{ sensors }}.valid_to as timestamptz))
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
