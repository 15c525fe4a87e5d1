{#
  If a union has a part by name, unites every part by name: plain `union all` goes by the position of columns, and five
  columns do not fit the ten of the parts before. Leaves what is in parentheses as it is.
#}
{% macro united_by_name(sql) %}
{%- set pieces = '(?i)\'(?:[^\']|\'\')*\'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|[()]|\\bunion\\s+all\\b(\\s+by\\s+name\\b)?' -%}
{%- set so_far = namespace(depth=0, end=0, text='', any_by_name=false) -%}
{%- for piece in modules.re.finditer(pieces, sql) -%}
    {%- set found = piece.group(0) | lower -%}
    {%- if found in ('(', ')') -%}
        {%- set so_far.depth = so_far.depth + (1 if found == '(' else -1) -%}
    {%- elif so_far.depth == 0 and piece.group(1) -%}
        {%- set so_far.any_by_name = true -%}
    {%- elif so_far.depth == 0 and found.startswith('union') -%}
        {%- set so_far.text = so_far.text ~ sql[so_far.end:piece.end()] ~ ' by name' -%}
        {%- set so_far.end = piece.end() -%}
    {%- endif -%}
{%- endfor -%}
{{ return(so_far.text ~ sql[so_far.end:] if so_far.any_by_name else sql) }}
{% endmacro %}

{# The SQL of the model that dbt is building, as the two below and shortest_decimals run it. #}
{% macro as_united(sql) %}
{{ return(united_by_name(sql) if model is defined and model.name == 'fct_sensor_readings' else sql) }}
{% endmacro %}

{# These replace dbt's own, which do the same with the unchanged SQL. #}
{% macro create_view_as(relation, sql) -%}
{{ adapter.dispatch('create_view_as', 'dbt')(relation, as_united(sql)) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
{%- set made = adapter.dispatch('create_table_as', 'dbt') -%}
{{ return(made(temporary, relation, as_united(compiled_code), language, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
{%- endmacro %}
