-- Every reading of every source. A new source is one more line here.
with readings as (
    select * from {{ ref('stg_ventilation') }}
    union all by name
    select * from {{ ref('stg_indoor') }}
)
select
    "timestamp",
    location,
    measurement,
    value,
    source,
    datasource_id,
    sensor,
    file,
    ordinal,
    line
from readings
