{{ config(materialized='ephemeral') }}
{{ landing('openweather_history') }}
