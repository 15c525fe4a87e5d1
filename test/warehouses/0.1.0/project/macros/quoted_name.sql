{# A column's label as SQL takes any text. #}
{% macro quoted_name(label) -%}
"{{ label | replace('"', '""') }}"
{%- endmacro %}
