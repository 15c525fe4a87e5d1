{#
  What dbt reads when it is started by hand: the landing of the last run with `--work work`, or else that of the examples;
  the archive that a run with levels left there, or else an empty one. A run of the warehouse says where both are.
#}
{% macro source(source_name, table_name) %}
{%- set relation = builtins.source(source_name, table_name) -%}
{%- if execute and relation.external and source_name == 'raw' and env_var('WAREHOUSE_LANDING', '') == '' -%}
    {%- set folder = landing_with(table_name) -%}
    {%- set relation = relation.incorporate(external=relation.external | replace("'work/landing/", "'" ~ folder ~ '/')) -%}
{%- elif execute and source_name == 'archive' and env_var('WAREHOUSE_ARCHIVE', '') == '' -%}
    {%- if not is_any('work/levels/archive/*/*.parquet') -%}
        {%- set relation = relation.incorporate(external=no_readings()) -%}
    {%- endif -%}
{%- endif -%}
{{ return(relation) }}
{% endmacro %}

{# The one folder that all tables come from: tables of two runs would not fit together. #}
{% macro landing_with(table_name) %}
{%- set folders = ['work/landing', 'examples/landing'] -%}
{%- set ready = namespace(folder=none) -%}
{%- for folder in folders if ready.folder is none and is_any(folder ~ '/_files/*.parquet') -%}
    {%- set ready.folder = folder -%}
{%- endfor -%}
{%- if ready.folder is none or not is_any(ready.folder ~ '/' ~ table_name ~ '/*.parquet') -%}
    {%- do exceptions.raise_compiler_error(
        'There is no landing of ' ~ table_name ~ ' in ' ~ (ready.folder or folders | join(' or '))
        ~ '. Make one of what lies in the upload folders, publishing nothing:'
        ~ ' bin/warehouse refresh --dry-run --work work --remote NAME=FOLDER --warehouse PLACE'
    ) -%}
{%- endif -%}
{{ return(ready.folder) }}
{% endmacro %}

{# Whether a file fits a pattern, relative to the project's folder. #}
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
