{{ wide_readings('ventilation', ref('landing_ventilation_raw'), ref('mapping')) }}
