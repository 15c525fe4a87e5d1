{{ sensor_readings('indoor', ref('landing_indoor_raw'), ref('mapping_indoor'), ref('mapping_indoor_columns')) }}
