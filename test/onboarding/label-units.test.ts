import { takeUnit } from '@sensor-warehouse/intake/header/label-units';
import { describe, expect, test } from 'vitest';

describe('the unit of a label', () => {
  test.each([
    ['PM2.5 (μg/m³) raw', 'µg/m³'],
    ['CO2 (ppm) corrected', 'ppm'],
    ['Humidity (%) raw', '%'],
    ['Rain rate (mm/h) max', 'mm/h'],
    ['HUMIDITY %', '%'],
    ['Hum - %', '%'],
    ['Humidity%RH', '%'],
    ['Kühlraum [%rF]', '%'],
    ['REL Pressure(hpa)', 'hPa'],
    ['Consumption (kwh)', 'kWh'],
    ['RH, % (LGR S/N: 123, SEN S/N: 123)', '%'],
    ['Temp, °C (LGR S/N: 123, SEN S/N: 123)', '°C'],
    ['Intensity, Lux (LGR S/N: 123)', 'lx'],
    ['Import/kWh', 'kWh'],
  ])('of %s is %s', (label, symbol) => {
    expect(takeUnit(label).symbol).toBe(symbol);
  });

  test.each([
    'Yield (kWh/m²)',
    'Flow m³/s',
    'Energy kWh/day',
    'Dust ng/m³',
    'Room (C) humidity',
    'Phase (A) load',
    '100 % load',
  ])('of %s is not known: half of it, or a letter, is none', (label) => {
    expect(takeUnit(label).symbol).toBeUndefined();
  });

  test('and what a logger says of itself are no part of the name', () => {
    expect(takeUnit('RH, % (LGR S/N: 123, SEN S/N: 123)').base).toBe('RH');
  });
});
