{#
  What dbt reads when nobody says where it lies: the landing of the last run with `--work work`, or else that of the examples;
  the archive of such a run, or else none. A run of the warehouse says where both lie.
#}
{% macro source(source_name, table_name) %}
{%- set relation = builtins.source(source_name, table_name) -%}
{%- if execute and source_name == 'raw' and env_var('WAREHOUSE_LANDING', '') == '' -%}
    {%- set folder = landing_folder() -%}
    {%- set relation = relation.incorporate(external=relation.external | replace("'work/landing/", "'" ~ folder ~ '/')) -%}
{%- elif execute and source_name == 'archive' and env_var('WAREHOUSE_ARCHIVE', '') == '' and not is_any('work/levels/archive/*/*.parquet') -%}
    {%- set relation = relation.incorporate(external=no_readings()) -%}
{%- endif -%}
{{ return(relation) }}
{% endmacro %}

{% macro landing_folder() %}
{%- for folder in ['work/landing', 'examples/landing'] if is_any(folder ~ '/_files/*.parquet') -%}
    {{ return(folder) }}
{%- endfor -%}
{%- do exceptions.raise_compiler_error(
    'There is no landing to build on. Run: bin/warehouse refresh --dry-run --work work --remote NAME=FOLDER --warehouse PLACE'
) -%}
{% endmacro %}

{# Whether a file fits a pattern, from the folder of the project. #}
{% macro is_any(pattern) %}
{{ return(run_query("select count(*) from glob('" ~ pattern ~ "')").columns[0].values()[0] > 0) }}
{% endmacro %}

{# The archive of a warehouse that has published nothing. #}
{% macro no_readings() -%}
(
    select
        null::timestamptz as time,
        null::varchar as location,
        null::varchar as source,
        null::varchar as measurement,
        null::varchar as data_key,
        null::double as data_value,
        null::varchar as sensor,
        null::utinyint as flags
    where false
)
{%- endmacro %}
