{# Any text as the name of a column in SQL. #}
{% macro quoted_name(label) -%}
"{{ label | replace('"', '""') }}"
{%- endmacro %}
