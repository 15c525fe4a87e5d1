import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const bytesOf = (text: string) => Buffer.from(`x${text}x`, 'utf8');
/** By the only declared format that reads it; NaN if none does. */
function read(format: string, text: string): number {
  const bytes = bytesOf(text);
  const times = compileFormats([format]).map((one) => one.read(bytes, 1, bytes.length - 1));
  return times.find((time) => !Number.isNaN(time)) ?? Number.NaN;
}
const absolute = (format: string, text: string) =>
  compileFormats([format]).find((one) => !Number.isNaN(one.read(Buffer.from(text), 0, Buffer.byteLength(text))))
    ?.absolute;

const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2099, 11, 31) });
const offset = fc.integer({ min: -12 * 60, max: 14 * 60 });

/** `+02:00`, as a clock that many minutes east of UTC writes it. */
function offsetText(minutes: number, colon: string): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${colon}${String(rest).padStart(2, '0')}`;
}

describe('iso', () => {
  test('with an offset is the instant that Date.parse gives', () => {
    fc.assert(
      fc.property(instant, offset, fc.constantFrom('T', ' '), (time, minutes, between) => {
        const text = new Date(time + minutes * 60_000).toISOString().replace('Z', offsetText(minutes, ':'));
        expect(read('iso', text.replace('T', between))).toBe(Date.parse(text));
        expect(read('iso', text.replace('T', between))).toBe(time);
      }),
    );
  });

  test('without an offset is a wall time', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(16, 19, 23), (time, length) => {
        const text = new Date(time).toISOString().slice(0, length);
        expect(read('iso', text)).toBe(Date.parse(`${text}Z`));
        expect(absolute('iso', text)).toBe(false);
      }),
    );
  });

  test.each([
    ['2024-10-27T02:30Z', true],
    ['2024-10-27T02:30:00,5+01', true],
    ['2024-10-27 02:30:00', false],
  ])('%s is absolute: %s', (text, expected) => {
    expect(absolute('iso', text)).toBe(expected);
  });

  test.each([
    '2024-10-27',
    '2024-02-30T00:00',
    '2024-10-27T25:00',
    '2024-10-27t02:30',
    '2024-10-27T02:30:00.',
    '2024-10-27T02:30+15:00',
    '2024-10-27T02:30+01:60',
    '2024-10-27T02:30:00.5x',
    ' 2024-10-27T02:30',
    '2024-10-27T02:30 +0100',
  ])('%j is no such time', (text) => {
    expect(read('iso', text)).toBeNaN();
  });

  test('reads no text that Date.parse takes for another instant', () => {
    const piece = fc.constantFrom('2024-10-27', 'T', ' ', '02:30', ':00', '.5', 'Z', '+01:00', '-0230', '+', '1', '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join('');
        const time = read('iso', text);
        if (Number.isNaN(time)) return;
        const plain = text
          .replace(' ', 'T')
          .replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
          .replace(/([+-]\d\d)$/, '$1:00');
        expect(time).toBe(Date.parse(absolute('iso', text) ? plain : `${plain}Z`));
      }),
    );
  });
});

describe('%z', () => {
  test('ends a declared format with any of the three ways to write an offset', () => {
    fc.assert(
      fc.property(instant, offset, fc.constantFrom('', ':'), (time, minutes, colon) => {
        const seconds = Math.floor(time / 1000) * 1000;
        const [year, month, day, hour, minute, second] = new Date(seconds + minutes * 60_000)
          .toISOString()
          .split(/[-T:.]/);
        const text = `${day}.${month}.${year} ${hour}:${minute}:${second} ${offsetText(minutes, colon)}`;
        expect(read('%d.%m.%Y %H:%M:%S %z', text)).toBe(seconds);
      }),
    );
  });

  test.each(['27.10.2024 02:30', '27.10.2024 02:30 CET', '27.10.2024 02:30+01:00'])('%j has none', (text) => {
    expect(read('%d.%m.%Y %H:%M %z', text)).toBeNaN();
  });

  test('stands at the end alone', () => {
    expect(() => compileFormats(['%z %d.%m.%Y'])).toThrow(RangeError);
  });
});

describe('the seconds and milliseconds since 1970', () => {
  test('are whole milliseconds', () => {
    fc.assert(
      fc.property(instant, (time) => {
        expect(read('%Q', String(time))).toBe(time);
        expect(read('%s', (time / 1000).toFixed(3))).toBe(time);
        expect(read('%s', String(Math.floor(time / 1000)))).toBe(Math.floor(time / 1000) * 1000);
      }),
    );
  });

  test.each(['', '1e9', '1.', '.5', '12a', '--1', '+1', '1234567890123456'])('%j are none', (text) => {
    expect(read('%s', text)).toBeNaN();
  });
});
