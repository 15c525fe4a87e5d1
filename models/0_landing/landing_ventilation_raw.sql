select * from {{ source('raw', 'ventilation') }}
