import { compileFormat } from '@sensor-warehouse/model/time/datetime-format';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const FORMATS = [
  '%d.%m.%Y %H:%M:%S',
  '%d/%m/%Y %H:%M[:%S]',
  '%m/%d/%Y %H:%M[:%S]',
  '%Y-%m-%dT%H:%M:%SZ',
  '%Y%m%d%H%M%S',
  '%d. %m. %y %H:%M:%S',
  '%H:%M:%S %d.%m.%Y',
  '%S %M %H %d %m %Y',
] as const;

function read(format: string, text: string): number {
  const bytes = Buffer.from(`9${text}9`, 'utf8');
  return compileFormat(format).read(bytes, 1, bytes.length - 1);
}

const two = (value: number) => String(value).padStart(2, '0');

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** What strftime would write, with or without leading zeros. */
function write(format: string, fields: Fields, pad = two): string {
  const { year, month, day, hour, minute, second } = fields;
  const parts: Readonly<Record<string, string>> = {
    '%Y': String(year).padStart(4, '0'),
    '%y': two(year % 100),
    '%m': pad(month),
    '%d': pad(day),
    '%H': pad(hour),
    '%M': two(minute),
    '%S': two(second),
  };
  return format.replace(/[[\]]/g, '').replace(/%[A-Za-z]/g, (directive) => parts[directive]!);
}

function fieldsOf(instant: number): Fields {
  const date = new Date(instant);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

const instants = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2099, 11, 31) / 1000 })
  .map((seconds) => seconds * 1000);

describe('a declared format', () => {
  test.each(FORMATS)('%s reads every time that it writes', (format) => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(read(format, write(format, fieldsOf(instant)))).toBe(instant);
      }),
    );
  });

  test('reads day, month and hour without their leading zeros', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(read('%d/%m/%Y %H:%M:%S', write('%d/%m/%Y %H:%M:%S', fieldsOf(instant), String))).toBe(instant);
      }),
    );
  });

  test('reads an optional part that is left out as zero', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const minute = instant - (instant % 60_000);
        const text = write('%d/%m/%Y %H:%M', fieldsOf(minute));
        expect(read('%d/%m/%Y %H:%M[:%S]', text)).toBe(minute);
      }),
    );
  });

  test.each(FORMATS)('%s never rolls over: it reads exactly the fields that exist', (format) => {
    const fields = fc.record({
      year: fc.integer({ min: 2000, max: 2099 }),
      month: fc.integer({ min: 0, max: 14 }),
      day: fc.integer({ min: 0, max: 33 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 61 }),
      second: fc.integer({ min: 0, max: 61 }),
    });
    fc.assert(
      fc.property(fields, (given) => {
        const { year, month, day, hour, minute, second } = given;
        const instant = Date.UTC(year, month - 1, day, hour, minute, second);
        const exists = JSON.stringify(fieldsOf(instant)) === JSON.stringify(given);
        expect(read(format, write(format, given))).toBe(exists ? instant : Number.NaN);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['%d/%m/%Y %H:%M[:%S]', '%Y-%m-%d %H:%M', '%Y%m%d%H%M', '%H:%M %d.%m.%Y'])(
    '%s does not depend on what was read before',
    (format) => {
      const alphabet = fc.constantFrom(...'0123/:- ');
      const odd = fc.tuple(fc.nat(20), fc.constantFrom('', '1', ' ', '5'));
      const texts = fc.array(
        fc.oneof(
          fc.string({ unit: alphabet, maxLength: 18 }),
          // Few days, so that neighbours share one, or begin alike; some texts are cut or changed in one place.
          fc.tuple(fc.integer({ min: 1, max: 31 }), fc.nat(23), fc.option(odd)).map(([day, hour, change]) => {
            const text = write(format, { year: 2024, month: 2, day, hour, minute: 30, second: 0 }, String);
            return change === null ? text : text.slice(0, change[0]) + change[1] + text.slice(change[0] + 1);
          }),
        ),
        { maxLength: 20 },
      );
      fc.assert(
        fc.property(texts, (all) => {
          const used = compileFormat(format);
          for (const text of all) {
            const bytes = Buffer.from(text);
            expect(used.read(bytes, 0, bytes.length)).toBe(read(format, text));
          }
        }),
        { numRuns: 1000 },
      );
    },
  );

  test('reads 24:00 as the midnight that ends the day, and nothing later than it', () => {
    expect(read('%d.%m.%Y %H:%M:%S', '31.12.2024 24:00:00')).toBe(Date.UTC(2025, 0, 1));
    expect(read('%d.%m.%Y %H:%M:%S', '31.12.2024 24:00:01')).toBeNaN();
    expect(read('%d.%m.%Y %H:%M:%S', '31.12.2024 25:00:00')).toBeNaN();
  });

  test('reads the whole text or nothing', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(' ', '0', 'x', ':'), (instant, more) => {
        const text = write('%d.%m.%Y %H:%M:%S', fieldsOf(instant));
        expect(read('%d.%m.%Y %H:%M:%S', text + more)).toBeNaN();
        expect(read('%d.%m.%Y %H:%M:%S', text.slice(0, text.lastIndexOf(':')))).toBeNaN();
      }),
    );
  });

  test.each([
    ['%d.%m.%Y %Q', /%Q/],
    ['%d.%m.%Y %', /%/],
    ['%H:%M', /year/],
    ['%d.%m.%Y %y', /one year/],
    ['%d.%d.%Y', /%d occurs twice/],
    ['%d.%m.%Y [%H:%M', /brackets/],
    ['[%d].%m.%Y', /brackets/],
  ])('%s is not a format', (format, reason) => {
    expect(() => compileFormat(format)).toThrow(reason);
  });
});
