import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'ThermoProSensor_export_493D_20241231.csv';
const MINUTE = 60_000;

let folder: string;
let command: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-'));
  command = join(folder, 'build', 'warehouse.mjs');
  // The command as it is now; build/ may be older than the sources.
  const { bundle } = await import(new URL('../../scripts/setup.mjs', import.meta.url).href);
  await bundle(join(ROOT, 'packages', 'cli', 'src', 'bin.ts'), command);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Readings by the minute, in the form of the room sensors. Each day those from 2:30 to 3:34 are missing: so no night proves a clock that never changes. */
function* exportOf(rows: number): Generator<string> {
  yield 'Timestamp of export 2024-12-31 23:59,\r\nDate,Time,Temperature_Celsius,Relative_Humidity(%),\r\n';
  const two = (value: number) => String(value).padStart(2, '0');
  let date = '';
  let text = '';
  for (let i = 0, wall = Date.UTC(2003, 0, 1); i < rows; i++, wall += MINUTE) {
    if ((wall / MINUTE) % 1440 === 150) wall += 65 * MINUTE;
    const minutes = (wall / MINUTE) % 1440;
    if (minutes === 0) {
      const day = new Date(wall);
      date = `${two(day.getUTCDate())}/${two(day.getUTCMonth() + 1)}/${day.getUTCFullYear()}`;
      yield text;
      text = '';
    }
    text += `${date},${Math.floor(minutes / 60)}:${two(minutes % 60)},${20 + (i % 37) / 10},${40 + (i % 13)},\r\n`;
  }
  yield text;
}

/** Reads an export with the command, and tells its counts and how much memory that took at most, in MiB. */
async function validate(rows: number): Promise<{ said: string; peak: number }> {
  const path = join(folder, NAME);
  await pipeline(Readable.from(exportOf(rows)), createWriteStream(path));
  const hook = 'process.on("exit", () => console.error("peak", process.resourceUsage().maxRSS))';
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${hook}`, command, 'validate', path, '--now', '2025-01-01T00:00:00Z'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { said: stdout, peak: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

test('ten million rows are read in the memory that half a million take', async () => {
  const small = await validate(500_000);
  const large = await validate(10_000_000);
  // Each spring night skips an hour that this export's clock shows: 20 nights, and one.
  expect(large.said).toContain('lines 10000000 = landed 9999400 + quarantined 600');
  expect(small.said).toContain('lines 500000 = landed 499970 + quarantined 30');
  expect(small.peak).toBeGreaterThan(0);
  expect(large.peak).toBeLessThan(small.peak + 64);
});
