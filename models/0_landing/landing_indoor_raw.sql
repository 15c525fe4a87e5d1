select * from {{ source('raw', 'indoor') }}
