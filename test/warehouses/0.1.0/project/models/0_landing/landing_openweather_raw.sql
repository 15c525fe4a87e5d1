{{ config(materialized='ephemeral') }}
{{ landing('openweather') }}
