import { cpSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Job, newJob, ROOT } from './runner';

const EXAMPLES = join(ROOT, 'examples', 'sm2');
export const VENTILATION = 'Vzduchotechnika/Latest/Upload/Graph_sm2_01.csv';
export const INDOOR = 'Indoor/Latest/Upload/ThermoProSensor_export_4427_20241031.csv';

/** A job whose workspace is this project, and a folder that stands in for the Drive. */
export interface Building extends Job {
  readonly drive: string;
}

/** The first rows of one real export of each source wait in the upload folders. */
export function newBuilding(rows = 48): Building {
  const job = newJob();
  for (const name of ['seeds', 'models', 'macros', 'dbt_project.yml', 'profiles.yml'])
    cpSync(join(ROOT, name), join(job.workspace, name), { recursive: true });
  const drive = join(dirname(job.workspace), 'drive');
  const building = { ...job, drive };
  for (const path of [VENTILATION, INDOOR]) upload(building, path, exampleRows(path, rows));
  return building;
}

export function exampleRows(path: string, rows: number): string {
  const lines = readFileSync(join(EXAMPLES, path), 'utf8').split('\n');
  return `${lines.slice(0, rows + 1).join('\n')}\n`;
}

/** Puts an upload into the drive, always with the same time of arrival. */
export function upload({ drive }: Building, path: string, text: string): void {
  const file = join(drive, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const arrived = new Date('2024-11-28T00:00:00Z');
  utimesSync(file, arrived, arrived);
}

/** Inputs with which the drive is reached as a folder, without rclone. */
export function bound({ drive }: Building): Record<string, string> {
  return { warehouse: 'sm2drive:Warehouse', remotes: `sm2drive=${drive}` };
}

/** Lets the building's steps find rclone on PATH. */
export function provideOnPath({ bin }: Building, name: string, program: string): void {
  symlinkSync(program, join(bin, name));
}
