{#
  A number of four bytes becomes the decimal that it was written as: 21.35, not 21.350000381. It runs after
  each model, before a union can widen the number to eight bytes.
#}
{% macro shortest_decimals() %}
{%- if execute -%}
    {%- set changes = [] -%}
    {%- set alterations = [] -%}
    {%- for column in adapter.get_columns_in_relation(this) if column.dtype | upper in ('FLOAT', 'REAL') -%}
        {%- set value = 'cast(cast(' ~ quoted_name(column.name) ~ ' as varchar) as double)' -%}
        {%- do changes.append(value ~ ' as ' ~ quoted_name(column.name)) -%}
        {%- do alterations.append('alter table ' ~ this ~ ' alter ' ~ quoted_name(column.name) ~ ' type double using ' ~ value) -%}
    {%- endfor -%}
    {%- if changes and config.get('materialized') == 'view' -%}
        create or replace view {{ this }} as
        select * replace ({{ changes | join(', ') }}) from ({{ as_united(model.compiled_code) }}
        )
    {%- elif changes and config.get('materialized') == 'table' -%}
        {{ alterations | join(';\n') }}
    {%- endif -%}
{%- endif -%}
{% endmacro %}
