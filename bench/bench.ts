import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { mappedSensors } from './folders';
import type { Bench } from './measurements';
import { mustRun, node } from './programs';
import { MEASUREMENTS, type Measured } from './rows';
import { rowTable } from './table';
import type { Workload } from './workload';

const HELP = `npm run bench [-- options]

Measures the stages on generated exports and on those of examples/sm2, in turn with a peer: one DuckDB script
(bench/peer.sql) that only parses, localises, averages by hour and writes one Parquet file. Prints Markdown.

  --only NAME     one measurement, may be repeated: ${Object.keys(MEASUREMENTS).join(', ')}
  --sensors N     at most N sensors (default: one for each mapped location)
  --days N        N days before 2024-12-01, one reading per minute (default: 61)
  --help

A target is met or missed only if every round says so; otherwise it is undecided.
Exit code 0 if everything was measured, whatever the verdicts; 1 if the published hours differ from the peer's.
`;

/** The measured exports of examples/sm2 end two days before. */
const END = Date.UTC(2024, 11, 1);

/** The program `npm run bench`. Progress goes to standard error, the report to standard output. */
export async function bench(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      sensors: { type: 'string', default: '1000' },
      days: { type: 'string', default: '61' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const names = values.only ?? Object.keys(MEASUREMENTS);
  const unknown = names.filter((name) => !(name in MEASUREMENTS));
  if (unknown.length > 0) throw new RangeError(`there is no measurement ${unknown.join(', ')}; see --help`);
  const days = positive('--days', values.days);
  const workload: Workload = {
    sensors: mappedSensors(positive('--sensors', values.sensors)),
    from: END - days * 86_400_000,
    days,
    every: 1,
    seed: 1,
    gapSeed: 1,
    monthly: true,
  };
  const started = performance.now();
  const context: Bench = {
    workload,
    say: (line) => {
      const elapsed = Math.round((performance.now() - started) / 1000);
      process.stderr.write(`${String(elapsed).padStart(5)} s  load ${loadavg()[0]!.toFixed(1)}  ${line}\n`);
    },
  };
  const loads = [loadavg()[0]!];
  const measured: Measured[] = [];
  for (const name of names) {
    context.say(`${name} …`);
    measured.push(await MEASUREMENTS[name]!(context));
    loads.push(loadavg()[0]!);
  }
  process.stdout.write(`${await report(workload, measured, loads)}\n`);
  return measured.some(({ wrong }) => wrong) ? 1 : 0;
}

async function report(workload: Workload, measured: readonly Measured[], loads: readonly number[]): Promise<string> {
  const version = (await mustRun(node(), ['--version'])).stdout.trim();
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? process.arch}), Node ${version}`;
  const load = `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  const caution =
    Math.max(...loads) > availableParallelism() + 1
      ? ' Other programs used the machine at the same time: trust the ratios more than the seconds.'
      : '';
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}; load average ${load}.${caution}`,
    `Generated exports: ${workload.sensors.length} sensors, one reading per minute, ${workload.days} days from ${new Date(workload.from).toISOString().slice(0, 10)}.`,
    rowTable(measured.flatMap(({ rows }) => rows)),
    ...measured.flatMap(({ text }) => (text === undefined ? [] : [text])),
  ].join('\n\n');
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`${option} ${text} is not a number of at least 1`);
}
