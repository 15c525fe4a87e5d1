{{ landing('ventilation') }}
