import { zoneMistake, zoneOfLabel } from '@sensor-warehouse/warehouse/onboarding/zone-of-label';
import { describe, expect, test } from 'vitest';

describe('the label of a time', () => {
  test.each([
    ['Date/time UTC', 'UTC'],
    ['timestamp_utc', 'UTC'],
    ['Date Time, GMT+02:00', 'Etc/GMT-2'],
    ['Time (UTC-5)', 'Etc/GMT+5'],
    ['Time GMT+05:30', '+05:30'],
    ['Timezone : Europe/Prague', 'Europe/Prague'],
    ['Timestamp (America/Argentina/Salta)', 'America/Argentina/Salta'],
  ])('%s says %s', (label, zone) => {
    expect(zoneOfLabel(label)).toBe(zone);
  });

  test.each(['Date/Time', 'Datum/Zeit', 'Time (CEST)', 'Time (GMT)', 'Local Date/Time', 'Output time'])(
    '%s says no zone: what it means is not certain',
    (label) => {
      expect(zoneOfLabel(label)).toBeUndefined();
    },
  );

  test.each([
    ['Europe/Prague', 'Date/time UTC'],
    ['Europe/London', 'Time (UTC)'],
    ['Europe/Prague', 'Date Time, GMT-05:00'],
    ['Europe/Prague', 'Timestamp (America/New_York)'],
  ])('is held against --timezone %s: %s', (timezone, label) => {
    expect(zoneMistake(timezone, [label])).toContain(
      `the label "${label}" of the time says ${zoneOfLabel(label)}; give --timezone`,
    );
  });

  test.each([
    ['UTC', 'Date/time UTC'],
    ['Etc/UTC', 'Time (UTC)'],
    ['Europe/Prague', 'Date Time, GMT+02:00'],
    ['Europe/Vienna', 'Timezone : Europe/Prague'],
    ['Europe/Prague', 'Time'],
  ])('goes with --timezone %s: %s', (timezone, label) => {
    expect(zoneMistake(timezone, [label])).toBeUndefined();
  });
});
