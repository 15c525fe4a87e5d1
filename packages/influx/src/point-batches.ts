import { fieldValueText, linePrefix, type SeriesKey } from './line-protocol';

/** Points of one series: rows `[start, end)`, ordered by time. */
export interface SeriesPoints {
  readonly key: SeriesKey;
  /** Instants, milliseconds. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** Rows whose entry is not 0 are left out. */
  readonly leftOut: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** A body of line protocol. */
export interface Batch {
  readonly bytes: Buffer;
  readonly points: number;
  readonly precision: 's' | 'ms';
}

/** The server takes large bodies best; beyond this it gains nothing (measured). */
const BATCH_BYTES = 2 << 20;
/** Room for a number and a time. */
const REST_OF_LINE = 64;

/**
 * Points as line protocol, series after series, because the server writes that twice as fast as instant after instant.
 * Bytes are written one by one: making a text of each line first takes longer than the server takes to store it.
 */
export function* pointBatches(series: Iterable<SeriesPoints>): Generator<Batch> {
  let bytes = Buffer.allocUnsafe(BATCH_BYTES);
  let at = 0;
  let points = 0;
  let precision: Batch['precision'] = 's';
  const full = (next: Batch['precision']): Batch => {
    const batch = { bytes: bytes.subarray(0, at), points, precision };
    bytes = Buffer.allocUnsafe(BATCH_BYTES);
    at = 0;
    points = 0;
    precision = next;
    return batch;
  };
  for (const { key, time, value, leftOut, start, end } of series) {
    const prefix = Buffer.from(linePrefix(key), 'utf8');
    const longest = prefix.length + REST_OF_LINE;
    if (longest > BATCH_BYTES) throw new RangeError(`a key of ${prefix.length} bytes`);
    const its = precisionOf(time, start, end);
    if (points > 0 && its !== precision) yield full(its);
    precision = its;
    const unit = its === 's' ? 1000 : 1;
    for (let row = start; row < end; row++) {
      if (leftOut[row] !== 0) continue;
      if (at + longest > BATCH_BYTES) yield full(its);
      bytes.set(prefix, at);
      at = writeNumber(bytes, at + prefix.length, value[row]!);
      bytes[at++] = SPACE;
      at = writeInteger(bytes, at, time[row]! / unit);
      bytes[at++] = LINE_END;
      points++;
    }
  }
  if (points > 0) yield full(precision);
}

/** Seconds where that loses nothing: they are a third shorter. */
function precisionOf(time: Float64Array, start: number, end: number): Batch['precision'] {
  for (let row = start; row < end; row++) if (time[row]! % 1000 !== 0) return 'ms';
  return 's';
}

const SPACE = 0x20;
const LINE_END = 0x0a;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** Beyond it a product may be rounded. */
const EXACT = 1e15;

/**
 * A decimal that reads back as the same double. With up to three decimals it is a whole number below 2^53 divided by a
 * power of ten, which is rounded once, so comparing the quotient proves it; everything else is what JavaScript prints.
 */
function writeNumber(bytes: Buffer, at: number, value: number): number {
  const size = Math.abs(value);
  if (size < EXACT && value !== 0) {
    for (let decimals = 0, power = 1; decimals <= 3; decimals++, power *= 10) {
      const whole = Math.round(size * power);
      if (whole >= EXACT || whole / power !== size) continue;
      if (value < 0) bytes[at++] = MINUS;
      if (decimals === 0) return writeInteger(bytes, at, whole);
      const before = Math.floor(whole / power);
      at = writeInteger(bytes, at, before);
      bytes[at++] = POINT;
      let rest = whole - before * power;
      for (let digit = decimals - 1; digit >= 0; digit--) {
        bytes[at + digit] = ZERO + (rest % 10);
        rest = Math.floor(rest / 10);
      }
      return at + decimals;
    }
  }
  return at + bytes.write(fieldValueText(value), at, 'latin1');
}

/** @param number whole, of either sign, below 2^53 */
function writeInteger(bytes: Buffer, at: number, number: number): number {
  let rest = number;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  let digits = 1;
  for (let power = 10; power <= rest; power *= 10) digits++;
  // Two parts of at most eight digits, so that the arithmetic is on small integers.
  let high = Math.floor(rest / 1e8);
  let low = rest - high * 1e8;
  let position = at + digits - 1;
  for (let digit = 0; digit < 8 && position >= at; digit++, position--) {
    const next = (low / 10) | 0;
    bytes[position] = ZERO + (low - next * 10);
    low = next;
  }
  for (; position >= at; position--) {
    const next = Math.floor(high / 10);
    bytes[position] = ZERO + (high - next * 10);
    high = next;
  }
  return at + digits;
}
