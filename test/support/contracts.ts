import { NO_SETTINGS } from '@sensor-warehouse/model/seeds/api-settings';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { NO_CONTRACT } from '@sensor-warehouse/model/seeds/contract';
import { HOLD } from '@sensor-warehouse/model/seeds/drift-policy';
import { DEFAULT_LIMITS } from '@sensor-warehouse/model/seeds/limits';
import { PLAIN_HABITS } from '@sensor-warehouse/model/seeds/source-fields';

/** The labels of the ventilation contract: two that are mapped, one that is ignored. */
export const OUTDOOR = 'KOT1/Teplota venkovní (°C)';
export const SUPPLY = 'KOT1/Teplota přívodu (°C)';
export const SPARE = 'KOT2/Teplota venkovní (°C)';
export const HEADER = `Date;${OUTDOOR};${SUPPLY}`;

/** A ventilation unit: a column for each sensor, semicolons, decimal commas. */
export const ventilation: Datasource = {
  ...PLAIN_HABITS,
  id: 'ventilation',
  name: 'Atrea',
  type: 'csv',
  pointers: new Map(),
  api: NO_SETTINGS,
  location: 'sm2drive:Vzduchotechnika/Latest/Upload',
  filePatterns: ['Graph*'],
  requiredColumns: ['Date'],
  layout: 'wide',
  timeColumns: ['Date'],
  datetimeFormats: ['%d.%m.%Y %H:%M:%S'],
  timezone: 'Europe/Prague',
  delimiter: ';',
  decimal: ',',
  encoding: 'utf-8',
  nullValues: [],
  skipLines: 0,
  comment: '',
  unitRow: false,
  sensorPattern: '',
  units: new Map(),
  sensorColumn: undefined,
  quantityColumn: undefined,
  valueColumn: undefined,
  rejectLimit: 0,
  limits: DEFAULT_LIMITS,
  onDrift: HOLD,
  afterIngest: 'remove',
  columns: new Map([
    [OUTDOOR, { location: 'sm2_01', dataKey: 'temp_ambient' }],
    [SUPPLY, { location: 'sm2_01', dataKey: 'temp_intake' }],
  ]),
  seeds: [{ name: 'mapping', kind: 'columns' }],
  textColumns: [],
  sensors: new Set(),
  ignoredColumns: new Map([[SPARE, 'the same outdoor sensor as KOT1, mapped once']]),
  contract: NO_CONTRACT,
};

/** A room sensor: a file each, commas, decimal points, a line before the header, day and month in either order. */
export const rooms: Datasource = {
  ...ventilation,
  id: 'indoor',
  name: 'ThermoPro',
  location: 'sm2drive:Indoor/Latest/Upload',
  filePatterns: ['ThermoProSensor_export*'],
  requiredColumns: ['Date', 'Time', 'Temperature_Celsius'],
  layout: 'file-per-sensor',
  timeColumns: ['Date', 'Time'],
  datetimeFormats: ['%d/%m/%Y %H:%M[:%S]', '%m/%d/%Y %H:%M[:%S]'],
  delimiter: ',',
  decimal: '.',
  nullValues: ['-', 'NA', 'N/A', 'NULL'],
  skipLines: 1,
  columns: new Map([
    ['Temperature_Celsius', { location: '', dataKey: 'temp_indoor' }],
    ['Relative_Humidity(%)', { location: '', dataKey: 'humidity_indoor' }],
  ]),
  seeds: [
    { name: 'mapping_indoor', kind: 'sensors' },
    { name: 'mapping_indoor_columns', kind: 'quantities' },
  ],
  sensors: new Set(['493D']),
  ignoredColumns: new Map(),
};
