import type { DataKey } from '@sensor-warehouse/model/seeds/configuration';

/** Names of a unit in two vocabularies for machines. */
interface UnitNames {
  /** Unified Code for Units of Measure, case sensitive. */
  readonly ucum: string;
  /** Local name in http://qudt.org/vocab/unit/. */
  readonly qudt: string;
}

/** Units as written in data_keys.csv, with their standard names. */
const UNITS: Readonly<Record<string, UnitNames>> = {
  '°C': { ucum: 'Cel', qudt: 'DEG_C' },
  '°F': { ucum: '[degF]', qudt: 'DEG_F' },
  K: { ucum: 'K', qudt: 'K' },
  '%': { ucum: '%', qudt: 'PERCENT' },
  Pa: { ucum: 'Pa', qudt: 'PA' },
  hPa: { ucum: 'hPa', qudt: 'HectoPA' },
  kPa: { ucum: 'kPa', qudt: 'KiloPA' },
  mbar: { ucum: 'mbar', qudt: 'MilliBAR' },
  bar: { ucum: 'bar', qudt: 'BAR' },
  ppm: { ucum: '[ppm]', qudt: 'PPM' },
  ppb: { ucum: '[ppb]', qudt: 'PPB' },
  'µg/m³': { ucum: 'ug/m3', qudt: 'MicroGM-PER-M3' },
  'mg/m³': { ucum: 'mg/m3', qudt: 'MilliGM-PER-M3' },
  'g/m³': { ucum: 'g/m3', qudt: 'GM-PER-M3' },
  W: { ucum: 'W', qudt: 'W' },
  kW: { ucum: 'kW', qudt: 'KiloW' },
  Wh: { ucum: 'W.h', qudt: 'W-HR' },
  kWh: { ucum: 'kW.h', qudt: 'KiloW-HR' },
  MWh: { ucum: 'MW.h', qudt: 'MegaW-HR' },
  J: { ucum: 'J', qudt: 'J' },
  'W/m²': { ucum: 'W/m2', qudt: 'W-PER-M2' },
  V: { ucum: 'V', qudt: 'V' },
  mV: { ucum: 'mV', qudt: 'MilliV' },
  A: { ucum: 'A', qudt: 'A' },
  mA: { ucum: 'mA', qudt: 'MilliA' },
  Hz: { ucum: 'Hz', qudt: 'HZ' },
  lx: { ucum: 'lx', qudt: 'LUX' },
  dB: { ucum: 'dB', qudt: 'DeciB' },
  mm: { ucum: 'mm', qudt: 'MilliM' },
  cm: { ucum: 'cm', qudt: 'CentiM' },
  m: { ucum: 'm', qudt: 'M' },
  km: { ucum: 'km', qudt: 'KiloM' },
  'm/s': { ucum: 'm/s', qudt: 'M-PER-SEC' },
  'km/h': { ucum: 'km/h', qudt: 'KiloM-PER-HR' },
  '°': { ucum: 'deg', qudt: 'DEG' },
  l: { ucum: 'l', qudt: 'L' },
  L: { ucum: 'L', qudt: 'L' },
  'm³': { ucum: 'm3', qudt: 'M3' },
  'm³/h': { ucum: 'm3/h', qudt: 'M3-PER-HR' },
  'l/s': { ucum: 'l/s', qudt: 'L-PER-SEC' },
  'l/min': { ucum: 'l/min', qudt: 'L-PER-MIN' },
  kg: { ucum: 'kg', qudt: 'KiloGM' },
  g: { ucum: 'g', qudt: 'GM' },
  s: { ucum: 's', qudt: 'SEC' },
  min: { ucum: 'min', qudt: 'MIN' },
  h: { ucum: 'h', qudt: 'HR' },
  '1': { ucum: '1', qudt: 'UNITLESS' },
};

/** The seed's name for the unit, or else the known one; undefined if there is neither. */
export function unitNames({ unit, ucum, qudt }: Pick<DataKey, 'unit' | 'ucum' | 'qudt'>): Partial<UnitNames> {
  // The micro sign and the Greek letter look alike, as the two signs for degrees Celsius do (NFKC).
  const known = UNITS[unit] ?? Object.entries(UNITS).find(([name]) => plain(name) === plain(unit))?.[1];
  const names = { ucum: ucum ?? known?.ucum, qudt: qudt ?? known?.qudt };
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}

const plain = (unit: string) => unit.normalize('NFKC');
