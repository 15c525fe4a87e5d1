import { closeSync, mkdirSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openZone, type Zone } from '@sensor-warehouse/model/time/zone';

/** What a made workload looks like. The same values give the same bytes. */
export interface Workload {
  /** Ids of the sensors, as the mapping seed names them. */
  readonly sensors: readonly string[];
  /** First instant, milliseconds. */
  readonly from: number;
  readonly days: number;
  /** Minutes from one reading to the next. */
  readonly every: number;
  /** Values follow from this. */
  readonly seed: number;
  /** Where readings are missing follows from this: two workloads that differ only here agree wherever both measured. */
  readonly gapSeed: number;
  /** An export ends with each local month; a period in one file is for measuring large files. */
  readonly monthly: boolean;
}

export interface WorkloadCounts {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NULL_TOKENS = ['', '-', 'NA', 'N/A', 'NULL'];
const BOM = '\ufeff';
/** An export goes back over the last days of the one before. */
const OVERLAP = 2 * DAY;

/**
 * Writes exports as the ThermoPro phone app does, one sensor after the other: local wall time, month and day in either
 * order (one order a file), with or without seconds, byte order marks, a trailing comma, null tokens, dropped readings,
 * an outage, and exports that overlap.
 */
export function writeWorkload(folder: string, workload: Workload): WorkloadCounts {
  mkdirSync(folder, { recursive: true });
  const zone = openZone('Europe/Prague');
  const parts = exportPeriods(workload, zone);
  const total = { files: 0, lines: 0, bytes: 0 };
  for (const [number, sensor] of workload.sensors.entries()) {
    const exports = parts.map((part, index) => openExport(folder, { sensor, number, index }, part, zone));
    for (const { instant, cells } of measure(sensor, workload)) {
      const wall = instant + zone.offsetAt(instant);
      for (const one of exports) if (instant >= one.from && instant < one.to) one.write(wall, cells);
    }
    for (const one of exports) {
      const { lines, bytes } = one.close();
      total.files++;
      total.lines += lines;
      total.bytes += bytes;
    }
  }
  return total;
}

interface Period {
  readonly from: number;
  readonly to: number;
}

/** Cut where a local month begins. A rest of less than a day stays with the export before it. */
function exportPeriods({ from, days, monthly }: Workload, zone: Zone): Period[] {
  const to = from + days * DAY;
  const cuts = [from];
  for (let month = nextMonth(from, zone); monthly && month < to - DAY; month = nextMonth(month, zone)) cuts.push(month);
  return cuts.map((cut, index) => ({
    from: Math.max(from, index > 0 ? cut - OVERLAP : cut),
    to: cuts[index + 1] ?? to,
  }));
}

function nextMonth(instant: number, zone: Zone): number {
  const wall = new Date(instant + zone.offsetAt(instant));
  return zone.resolve(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 1)).first;
}

/** The readings of one sensor, in order: cells as they stand in an export, such as `21.4,56`. */
function* measure(
  sensor: string,
  { from, days, every, seed, gapSeed }: Workload,
): Generator<{ readonly instant: number; readonly cells: string }> {
  const random = randomNumbers(`${seed}/${sensor}`);
  const missing = randomNumbers(`${seed}/${gapSeed}/${sensor}`);
  const base = 14 + 9 * random();
  const swing = 0.5 + 2.5 * random();
  const outage = outageOf(from, days, missing);
  let noise = 0;
  for (let instant = from; instant < from + days * DAY; instant += every * MINUTE) {
    noise = 0.97 * noise + 0.1 * (random() - random());
    const chance = random();
    const dropped = missing() < 0.003;
    if (dropped || (instant >= outage.from && instant < outage.to)) continue;
    const turn = (instant / DAY) * 2 * Math.PI;
    const temperature = base + swing * Math.sin(turn) + noise;
    const humidity = Math.round(45 + 10 * Math.cos(turn) + 4 * noise);
    const nothing = NULL_TOKENS[Math.floor(chance * 1e7) % NULL_TOKENS.length]!;
    const first = chance < 0.0006 ? nothing : temperature.toFixed(1);
    const second = chance < 0.0003 || (chance >= 0.0006 && chance < 0.0008) ? nothing : String(humidity);
    yield { instant, cells: `${first},${second}` };
  }
}

/**
 * Up to a day without readings, from 06:00 UTC on: away from the night of the change of clocks, so that the doubled
 * hour stays decidable by its order.
 */
function outageOf(from: number, days: number, random: () => number): Period {
  const start = Math.floor(from / DAY) * DAY + Math.floor(random() * days) * DAY + 6 * 60 * MINUTE;
  return { from: start, to: start + Math.floor((30 + random() * 800) * MINUTE) };
}

interface OpenExport extends Period {
  write(wall: number, cells: string): void;
  close(): { readonly lines: number; readonly bytes: number };
}

function openExport(
  folder: string,
  { sensor, number, index }: { readonly sensor: string; readonly number: number; readonly index: number },
  period: Period,
  zone: Zone,
): OpenExport {
  const last = new Date(period.to - MINUTE + zone.offsetAt(period.to - MINUTE)).toISOString();
  const app = number % 7 === 3 ? 'TempProSensor' : 'ThermoProSensor';
  const path = join(folder, `${app}_export_${sensor}_${last.slice(0, 10).replaceAll('-', '')}.csv`);
  const dayFirst = (number + index) % 2 === 0;
  const seconds = Math.floor(number / 2) % 2 === 1 ? ':00' : '';
  const file = openSync(path, 'w');
  let text = `${number % 3 === 0 ? BOM : ''}Timestamp of export ${last.slice(0, 10)} ${last.slice(11, 16)},\r\n`;
  text += `${number % 3 === 1 ? BOM : ''}Date,Time,Temperature_Celsius,Relative_Humidity(%),\r\n`;
  let lines = 0;
  let bytes = 0;
  let day = Number.NaN;
  let date = '';
  const flush = () => {
    bytes += writeSync(file, text);
    text = '';
  };
  return {
    ...period,
    write(wall, cells) {
      if (Math.floor(wall / DAY) !== day) {
        day = Math.floor(wall / DAY);
        const [year, month, dayOfMonth] = new Date(wall).toISOString().slice(0, 10).split('-');
        date = dayFirst ? `${dayOfMonth}/${month}/${year}` : `${month}/${dayOfMonth}/${year}`;
      }
      const minute = Math.floor(wall / MINUTE) - day * 1440;
      text += `${date},${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}${seconds},${cells},\r\n`;
      lines++;
      if (text.length > 1 << 16) flush();
    },
    close() {
      flush();
      closeSync(file);
      // The order of arrival is that of the exports, not that of writing them here.
      utimesSync(path, period.to / 1000, period.to / 1000);
      return { lines, bytes };
    },
  };
}

/** Numbers in [0, 1) that follow from a text: xorshift128 (Marsaglia 2003), seeded with FNV-1a. */
function randomNumbers(seed: string): () => number {
  let hash = 0x811c9dc5;
  const next = () => {
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    return hash | 1;
  };
  let [x, y, z, w] = [next(), next(), next(), next()];
  return () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 2 ** 32;
  };
}
