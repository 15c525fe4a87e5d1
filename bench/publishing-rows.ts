import { join, resolve } from 'node:path';
import { freshFolder } from './folders';
import type { Bench } from './measurements';
import { mustRun, node } from './programs';
import { megabytes, type Row, seconds, times, verdictOf } from './table';

const YEARS = [1, 3, 10] as const;

interface Used {
  /** Of processor time. */
  readonly seconds: number;
  readonly peakBytes: number;
}

interface Night {
  readonly years: number;
  readonly night: Used;
  readonly cumulative: Used;
  readonly copy: Used;
}

/** A night that touches one month, over each of some lengths of history, and DuckDB's copy of the same rows after it. */
export async function measurePublishing(bench: Bench): Promise<readonly Night[]> {
  const measured: Night[] = [];
  for (const years of YEARS) {
    const folder = resolve(freshFolder('publishing'));
    const publish = (mode: string) =>
      mustRun(node(), ['build/bench/publishing.mjs', mode, String(years), folder]).then(({ stdout }) => stdout);
    await publish('prepare');
    const dataset = join(folder, 'warehouse', 'public', 'sm2_public_dataset.parquet');
    measured.push({
      years,
      night: JSON.parse(await publish('night')),
      cumulative: JSON.parse(await publish('cumulative')),
      copy: JSON.parse((await mustRun(process.env.DBT_PYTHON!, ['bench/copy.py', dataset, folder])).stdout),
    });
    bench.say(`publishing over ${years} years`);
  }
  return measured;
}

const withoutCumulative = ({ night, cumulative }: Night) => night.seconds - cumulative.seconds;

export function publishingRows(measured: readonly Night[]): Row[] {
  const [first] = measured as [Night];
  return measured.flatMap((one): Row[] => {
    const growth = withoutCumulative(one) / withoutCumulative(first);
    const toCopy = one.cumulative.seconds / one.copy.seconds;
    const peak = one.night.peakBytes / first.night.peakBytes;
    const what = `publishing a month over ${one.years} years of 30 sensors`;
    return [
      {
        what: `${what}, processor time without the cumulative files`,
        measured: `${seconds(withoutCumulative(one))}: ${times(growth)} one year`,
        toPeer: '',
        target: '≤ 1.2 × one year',
        verdict: verdictOf([growth <= 1.2]),
      },
      {
        what: `${what}, processor time of the cumulative files; DuckDB's COPY of their rows to both formats`,
        measured: `${seconds(one.cumulative.seconds)}; ${seconds(one.copy.seconds)}`,
        toPeer: times(toCopy),
        target: '≤ 2 × DuckDB',
        verdict: verdictOf([toCopy <= 2]),
      },
      {
        what: `${what}, peak memory of the process; of DuckDB`,
        measured: `${megabytes(one.night.peakBytes)}: ${times(peak)} one year; ${megabytes(one.copy.peakBytes)}`,
        toPeer: times(one.night.peakBytes / one.copy.peakBytes),
        target: '≤ 1.5 × one year',
        verdict: verdictOf([peak <= 1.5]),
      },
    ];
  });
}
