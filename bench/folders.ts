import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Workload, type WorkloadCounts, writeWorkload } from './workload';

const HOME = join('build', 'bench');
const INDOOR = join('Indoor', 'Latest', 'Upload');
const VENTILATION = join('Vzduchotechnika', 'Latest', 'Upload');

/** Uploads that were made once, laid out as on the Drive. */
export interface Uploads extends WorkloadCounts {
  readonly folder: string;
}

/**
 * Makes the uploads of a workload, or finds them made: the folder's name says the parameters and
 * the generator, and `counts.json` comes last.
 * @param measured whether the six measured exports of examples/sm2 come too
 */
export function prepareUploads(workload: Workload, measured: boolean): Uploads {
  const { sensors, from, days, every, seed, gapSeed, monthly } = workload;
  const month = new Date(from).toISOString().slice(0, 10);
  const generator = createHash('sha256')
    .update(readFileSync(join('bench', 'workload.ts')))
    .digest('hex')
    .slice(0, 8);
  const files = monthly ? 'monthly' : 'whole';
  const name = [`s${sensors.length}`, month, `d${days}`, `e${every}`, seed, gapSeed, files, generator].join('-');
  const folder = join(HOME, 'uploads', `${name}${measured ? '-measured' : ''}`);
  const counts = join(folder, 'counts.json');
  if (!existsSync(counts)) {
    rmSync(folder, { recursive: true, force: true });
    const made = writeWorkload(join(folder, INDOOR), workload);
    writeFileSync(`${counts}.new`, JSON.stringify(measured ? addMeasured(folder, made) : made));
    renameSync(`${counts}.new`, counts);
  }
  return { folder, ...(JSON.parse(readFileSync(counts, 'utf8')) as WorkloadCounts) };
}

function addMeasured(folder: string, made: WorkloadCounts): WorkloadCounts {
  const source = join('examples', 'sm2', VENTILATION);
  mkdirSync(join(folder, VENTILATION), { recursive: true });
  const total = { ...made };
  for (const name of readdirSync(source).sort()) {
    const copy = join(folder, VENTILATION, name);
    copyFileSync(join(source, name), copy);
    utimesSync(copy, 1_700_000_000, 1_700_000_000);
    total.files++;
    total.lines += readFileSync(copy, 'latin1').split('\n').length - 2;
    total.bytes += statSync(copy).size;
  }
  return total;
}

/** A fresh folder for something that is measured. */
export function freshFolder(name: string): string {
  const folder = join(HOME, 'run', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Adds one tree to another by links: the warehouse replaces and removes files and never writes into one. */
export function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.name !== 'counts.json') linkSync(source, target);
  }
}

/** Ids of sensors, one a location: the second at a location is its replacement, and would contradict the first. */
export function mappedSensors(most: number): string[] {
  const [head, ...rows] = readFileSync(join('seeds', 'mapping_indoor.csv'), 'utf8').trim().split(/\r?\n/);
  if (!head!.startsWith('sensor,location')) throw new Error(`seeds/mapping_indoor.csv begins with ${head}`);
  const sensorAt = new Map<string, string>();
  for (const row of rows) {
    const [sensor, location] = row.split(',') as [string, string];
    if (!sensorAt.has(location)) sensorAt.set(location, sensor);
  }
  return [...sensorAt.values()].slice(0, most);
}
