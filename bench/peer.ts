import { join, resolve } from 'node:path';
import { mustRun } from './programs';

/** The peer's hours of these uploads, as one Parquet file. Resolves to the seconds of the whole process. */
export async function runPeer(uploads: string, out: string): Promise<number> {
  const { seconds } = await runSql('peer.sql', {
    uploads: resolve(uploads),
    seeds: resolve('seeds'),
    out: resolve(out),
  });
  return seconds;
}

export interface Difference {
  readonly hours: number;
  readonly onlyOurs: number;
  readonly onlyPeer: number;
  readonly otherN: number;
  readonly largestDifference: number;
}

/** The same hours, with the same number of readings, and values that differ by rounding at most. */
export function isEqual({ hours, onlyOurs, onlyPeer, otherN, largestDifference }: Difference): boolean {
  return hours > 0 && onlyOurs + onlyPeer + otherN === 0 && largestDifference <= 1e-9;
}

/** How a published dataset differs from the peer's hours. */
export async function compareWithPeer(dataset: string, peer: string): Promise<Difference> {
  const { stdout } = await runSql('compare.sql', { ours: resolve(dataset), peer: resolve(peer) });
  const [[hours, onlyOurs, onlyPeer, otherN, largestDifference]] = JSON.parse(stdout) as [
    [number, number, number, number, number],
  ];
  return { hours, onlyOurs, onlyPeer, otherN, largestDifference };
}

function runSql(script: string, variables: Readonly<Record<string, string>>) {
  const python = process.env.DBT_PYTHON;
  if (!python) throw new Error('DBT_PYTHON is not set: the peer runs in the Python environment of dbt');
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return mustRun(python, [join('bench', 'run_sql.py'), join('bench', script), ...pairs]);
}
