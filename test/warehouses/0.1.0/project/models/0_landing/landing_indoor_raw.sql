{{ landing('indoor') }}
