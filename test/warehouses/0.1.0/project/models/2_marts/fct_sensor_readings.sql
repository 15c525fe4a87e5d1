-- Every reading of every source. A new source is one more line here; the columns after `source` may be left out.
select * from {{ ref('stg_openweather') }}
union all by name
select * from {{ ref('stg_ventilation') }}
union all by name
select * from {{ ref('stg_indoor') }}
