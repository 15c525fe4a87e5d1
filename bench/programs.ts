import { spawn } from 'node:child_process';
import type { StageRecord } from '@sensor-warehouse/warehouse/run/run-record';
import type { InfluxRounds } from './influx';
import type { Workload } from './workload';

export interface Ran {
  readonly code: number;
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** From the start of the process to the first byte on standard output. */
  readonly secondsToFirstLine: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project's folder and times it. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((settle, reject) => {
    const started = performance.now();
    const since = () => (performance.now() - started) / 1000;
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let secondsToFirstLine = Number.NaN;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout === '') secondsToFirstLine = since();
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => settle({ code: code ?? 1, seconds: since(), secondsToFirstLine, stdout, stderr }));
  });
}

/** Runs a program that must succeed. */
export async function mustRun(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran> {
  const ran = await run(program, args, env);
  if (ran.code !== 0)
    throw new Error(`${program} ${args.join(' ')}: exit code ${ran.code}\n${ran.stderr.slice(-4000)}`);
  return ran;
}

/** Node as runners have it, else the one that runs this. */
export const node = () => process.env.NODE24 || process.execPath;

/** A folder that stands in for the Drive, and the clock of its run. */
export interface Drive {
  readonly folder: string;
  readonly now: string;
}

export const datasetOf = ({ folder }: Drive) => `${folder}/Warehouse/public/sm2_public_dataset.parquet`;

const optionsOf = ({ folder, now }: Drive) => [
  '--remote',
  `sm2drive=${folder}`,
  '--warehouse',
  'sm2drive:Warehouse',
  '--now',
  now,
];

export interface WholeRun {
  readonly seconds: number;
  readonly stages: readonly StageRecord[];
}

export type EngineName = 'embedded' | 'influxdb';

/** `warehouse run`: everything, uploads to published, in one process, and a server of its own for InfluxDB. */
export async function runEverything(drive: Drive, engine: EngineName = 'embedded'): Promise<WholeRun> {
  const args = ['bin/warehouse', 'run', ...optionsOf(drive), '--engine', engine, '--json'];
  const { seconds, stdout } = await mustRun(node(), args);
  return { seconds, stages: (JSON.parse(stdout) as { stages: StageRecord[] }).stages };
}

export interface StagesRun extends WholeRun {
  readonly peakBytes: number;
}

/** Some stages (see stages.ts) in a process of their own, in a work folder that is kept for the next ones. */
export async function runStages(names: readonly string[], drive: Drive, work: string): Promise<StagesRun> {
  const args = ['build/bench/stages.mjs', names.join(), ...optionsOf(drive), '--work', work];
  const { seconds, stdout } = await mustRun(node(), args);
  return { seconds, ...(JSON.parse(stdout) as Pick<StagesRun, 'stages' | 'peakBytes'>) };
}

/** Makes the months of a drive's warehouse again (see past.ts), in a process of its own. */
export function makePast(mode: string, engine: EngineName, drive: Drive, work: string): Promise<Ran> {
  return mustRun(node(), ['build/bench/past.mjs', mode, engine, ...optionsOf(drive), '--work', work]);
}

/** Writes a workload's points into InfluxDB and asks for their hours (see influx.ts), as often as asked. */
export async function runInflux({ sensors, from, days }: Workload, rounds: number): Promise<InfluxRounds> {
  const numbers = [sensors.length, from, days, rounds].map(String);
  const { stdout } = await mustRun(node(), ['build/bench/influx.mjs', ...numbers]);
  return JSON.parse(stdout) as InfluxRounds;
}
