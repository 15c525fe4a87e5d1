{# The rows of a source's exports as they landed, each with its file's name and sensor, and the name of the source. #}
{% macro landing(datasource_id) %}
select landed.*, files._file, files._sensor, files._source
from {{ source('raw', datasource_id) }} as landed
join {{ source('raw', '_files') }} as files
    on files.datasource_id = '{{ datasource_id }}' and files._ordinal = landed._ordinal
{% endmacro %}
