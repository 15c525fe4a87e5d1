import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const ZONES = new Map([
  ['CET', 3_600_000],
  ['CEST', 7_200_000],
]);

function read(format: string, text: string, zones: ReadonlyMap<string, number> = new Map()): number {
  const bytes = Buffer.from(`9${text}9`, 'utf8');
  return compileFormats([format], zones)[0]!.read(bytes, 1, bytes.length - 1);
}

const utc = (text: string) => Date.parse(`${text}Z`);

describe('hours from 1 to 12', () => {
  test('with AM or PM cover every time of the day that a browser writes', () => {
    const browser = new Intl.DateTimeFormat('en-US', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' });
    const seconds = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2098, 11, 31) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(read('%m/%d/%y, %I:%M:%S %p', browser.format(second * 1000))).toBe(second * 1000);
      }),
    );
  });

  test.each([
    ['%m/%d/%Y %I:%M:%S %p', '10/13/2024 12:00:00 AM', '2024-10-13T00:00:00'],
    ['%m/%d/%Y %I:%M:%S %p', '10/13/2024 12:59:59 AM', '2024-10-13T00:59:59'],
    ['%m/%d/%Y %I:%M:%S %p', '10/13/2024 1:00:00 AM', '2024-10-13T01:00:00'],
    ['%m/%d/%Y %I:%M:%S %p', '10/13/2024 12:00:00 PM', '2024-10-13T12:00:00'],
    ['%m/%d/%Y %I:%M:%S %p', '10/13/2024 01:00:00 pm', '2024-10-13T13:00:00'],
    ['%m/%d/%Y %I:%M %p', '10/13/2024 11:59 p.m.', '2024-10-13T23:59:00'],
    ['%m/%d/%Y %I:%M %p', '10/13/2024 11:59 a.m', '2024-10-13T11:59:00'],
    ['%m/%d/%Y %I:%M %p', '10/13/2024 11:59 a.\u00a0m.', '2024-10-13T11:59:00'],
    ['%m/%d/%Y %I:%M %p', '10/13/2024 11:59\u202fPM', '2024-10-13T23:59:00'],
    ['%d/%m/%y %I:%M%p', '13/10/24 12:30a', '2024-10-13T00:30:00'],
    ['%d/%m/%y %I:%M%p', '13/10/24  1:30P', '2024-10-13T13:30:00'],
    ['%Y-%m-%d %p %I:%M', '2024-10-13 PM 1:30', '2024-10-13T13:30:00'],
    ['%m/%d/%Y %I %p', '10/13/2024 7 PM', '2024-10-13T19:00:00'],
    ['%m/%d/%Y %I:%M[:%S] %p', '10/13/2024 7:15 PM', '2024-10-13T19:15:00'],
    ['%m/%d/%Y %I:%M[:%S] %p', '10/13/2024 7:15:16 PM', '2024-10-13T19:15:16'],
    ['%m/%d/%Y %I:%M %p %z', '10/13/2024 7:15 PM +02:00', '2024-10-13T17:15:00'],
  ])('%s reads %s', (format, text, expected) => {
    expect(read(format, text)).toBe(utc(expected));
  });

  test.each([
    '13:00:00 PM',
    '0:30:00 AM',
    '00:30:00 PM',
    '10:00:00',
    '10:00:00 XM',
    '10:00:00AM',
    '10:00:00 AMT',
    '10:60:00 AM',
  ])('%s is not a time of %%I:%%M:%%S %%p', (time) => {
    expect(read('%m/%d/%Y %I:%M:%S %p', `10/13/2024 ${time}`)).toBeNaN();
  });
});

describe('names in dates', () => {
  test.each(['en-US', 'en-GB', 'cs', 'de', 'de-AT'])('are the months that %s writes, short and long', (locale) => {
    for (const style of ['short', 'long'] as const) {
      // Beside a day Czech has the genitive, alone the nominative.
      for (const parts of [{ day: 'numeric', month: style }, { month: style }] as const) {
        const name = new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC' });
        for (let month = 0; month < 12; month++) {
          const written = name.formatToParts(Date.UTC(2024, month, 13)).find(({ type }) => type === 'month')!.value;
          if (/\d/.test(written)) continue;
          expect(read('%d-%b-%Y', `13-${written}-2024`), written).toBe(Date.UTC(2024, month, 13));
        }
      }
    }
  });

  test.each([
    ['%d-%b-%Y', '13-Oct-2024'],
    ['%d-%B-%Y', '13-OCT-2024'],
    ['%d %b %Y', '13 october 2024'],
    ['%b %d, %Y', 'Oct. 13, 2024'],
    ['%d.%b.%Y', '13.okt.2024'],
    ['%d. %B %Y', '13. října 2024'],
    ['%d. %B %Y', '13.\u00a0října\u00a02024'],
    ['%d. %B %Y', '13. rijna 2024'],
    ['%d. %b. %Y', '13. Říj. 2024'],
    ['%d%b%y', '13OCT24'],
    ['%a, %d %b %Y', 'Sun, 13 Oct 2024'],
    ['%A %d %B %Y', 'neděle 13 říjen 2024'],
    ['%a %d. %b %Y', 'So. 13. Okt. 2024'],
  ])('%s reads %s', (format, text) => {
    expect(read(format, text)).toBe(utc('2024-10-13T00:00:00'));
  });

  test.each([
    ['May', 5],
    ['Sept', 9],
    ['Sep', 9],
    ['září', 9],
    ['červen', 6],
    ['června', 6],
    ['červenec', 7],
    ['července', 7],
    ['März', 3],
    ['Mai', 5],
  ])('%s is month %i', (name, month) => {
    expect(read('%d %b %Y', `1 ${name} 2024`)).toBe(Date.UTC(2024, month - 1, 1));
  });

  test.each([
    ['%d %b %Y', '31 Feb 2024'],
    ['%d %b %Y', '13 Ock 2024'],
    ['%d %b %Y', '13 10 2024'],
    ['%d %b %Y', '13  2024'],
    ['%a %d %b %Y', 'Mon 13 Oct 2024'],
  ])('%s does not read %s', (format, text) => {
    expect(read(format, text)).toBeNaN();
  });

  test('do not depend on what was read before', () => {
    const [used] = compileFormats(['%d %b %Y'], new Map());
    for (const [text, month] of [
      ['1 Oct 2024', 9],
      ['1 Nov 2024', 10],
      ['1 Nox 2024', Number.NaN],
      ['1 Nov 2024', 10],
    ] as const)
      expect(used!.read(Buffer.from(text), 0, text.length)).toBe(Date.UTC(2024, month, 1));
  });
});

describe('the name of a zone', () => {
  test.each([
    ['%Y-%m-%d %H:%M:%S %Z', '2024-10-27 02:00:00 CEST', '2024-10-27T00:00:00'],
    ['%Y-%m-%d %H:%M:%S %Z', '2024-10-27 02:00:00 CET', '2024-10-27T01:00:00'],
    ['%Y-%m-%d %H:%M:%S %Z', '2024-10-27 02:00:00 UTC', '2024-10-27T02:00:00'],
    ['%Y-%m-%d %H:%M:%S%Z', '2024-10-27 02:00:00Z', '2024-10-27T02:00:00'],
    ['%Y-%m-%d %H:%M:%S %Z%z', '2024-10-27 02:00:00 CET+0100', '2024-10-27T01:00:00'],
    ['%Y-%m-%d %H:%M:%S %Z%z', '2024-10-27 02:00:00 CEST+02:00', '2024-10-27T00:00:00'],
    ['%a %b %d %Y %H:%M:%S %Z%z', 'Sun Oct 27 2024 02:00:00 GMT+0100', '2024-10-27T01:00:00'],
    ['%a %b %d %H:%M:%S %Z %Y', 'Sun Oct 27 02:00:00 CET 2024', '2024-10-27T01:00:00'],
    ['%a %b %d %H:%M:%S %Z %Y', 'Sun Oct  6 02:00:00 CEST 2024', '2024-10-06T00:00:00'],
    ['%m/%d/%Y %I:%M %p %Z', '10/27/2024 2:00 AM CET', '2024-10-27T01:00:00'],
  ])('in %s: %s is an instant', (format, text, expected) => {
    expect(read(format, text, ZONES)).toBe(utc(expected));
    expect(compileFormats([format], ZONES)[0]!.absolute).toBe(true);
  });

  test.each([
    ['%Y-%m-%d %H:%M %Z', '2024-10-27 02:00 MEZ'],
    ['%Y-%m-%d %H:%M %Z', '2024-10-27 02:00 cet'],
    ['%Y-%m-%d %H:%M %Z', '2024-10-27 02:00'],
    ['%Y-%m-%d %H:%M %Z', '2024-10-27 02:00 CET+0100'],
    ['%Y-%m-%d %H:%M %Z%z', '2024-10-27 02:00 CET+0200'],
    ['%Y-%m-%d %H:%M %Z%z', '2024-10-27 02:00 CET'],
    ['%Y-%m-%d %H:%M %Z%z', '2024-10-27 02:00 Z+0100'],
  ])('in %s: %s is not a time', (format, text) => {
    expect(read(format, text, ZONES)).toBeNaN();
  });

  test('is named if only the zone is undeclared', () => {
    const [format] = compileFormats(['%Y-%m-%d %H:%M %Z'], ZONES);
    const strange = (text: string) => format!.undeclaredZone!(Buffer.from(text), 0, Buffer.byteLength(text));
    expect(strange('2024-10-27 02:00 MEZ')).toBe('MEZ');
    expect(strange('2024-10-27 02:00 CET')).toBeUndefined();
    expect(strange('2024-10-27 2x:00 MEZ')).toBeUndefined();
  });
});

test.each([
  ['%m/%d/%Y %I:%M', /%I.*%p/],
  ['%m/%d/%Y %H:%M %p', /%p.*%I/],
  ['%m/%d/%Y %p', /%p.*%I/],
  ['%m/%d/%Y %H %I %p', /%H and %I/],
  ['%d %b %m %Y', /%b and %m/],
  ['%d %b %b %Y', /%b occurs twice/],
  ['%d %b', /year/],
  ['%b %Y', /day/],
  ['%d %b %Y %Q', /%Q/],
  ['%d %b %Y %', /%/],
  ['%z %d %b %Y', /%z/],
  ['%d %b %Y [%H[:%M]]', /brackets/],
  ['%d %b %Y[ %I:%M]', /%I.*%p/],
])('%s is not a format', (format, reason) => {
  expect(() => compileFormats([format], ZONES)).toThrow(reason);
});
