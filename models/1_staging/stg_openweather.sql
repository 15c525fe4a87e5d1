-- OpenWeather, current and past; each is fetched only if its row is enabled (docs/add-an-api.md).
{{ config(materialized='ephemeral') }}
with landed as (
    select *, 'openweather' as datasource_id from {{ ref('landing_openweather_raw') }}
    union all by name
    select *, 'openweather_history' as datasource_id from {{ ref('landing_openweather_history_raw') }}
),

converted as (
    select
        _time as "timestamp",
        'sm2_outdoor' as location,
        -- Kelvin in decimals: 279.946 K is 6.796 °C, not 6.796000000000049.
        cast(cast(temp as decimal(12, 6)) - 273.15 as double) as temp_ambient,
        humidity as humidity_ambient,
        pressure as pressure_ambient,
        _source as source,
        datasource_id,
        _file as file,
        _ordinal as ordinal,
        _line as line
    from landed
)

unpivot converted on temp_ambient, humidity_ambient, pressure_ambient into name measurement value value
