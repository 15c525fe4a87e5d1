-- models/3_aggregations/agg_weekly.sql
select
    timezone('Europe/Prague', date_trunc('week', timezone('Europe/Prague', time))) as time,
    location,
    source,
    measurement,
    data_key,
    if(any_value(measurement) = 'additive', sum(data_value), avg(data_value)) as data_value
from {{ source('archive', 'readings') }}
where flags & 3 = 0 -- without what is implausible or excluded
group by all
