import {
  type Bench,
  dbtSecondsOf,
  measureAggregate,
  measureColdStart,
  measureEverything,
  measureHistory,
  measureInflux,
  measureMemory,
  measurePast,
  measureValidate,
} from './measurements';
import { isEqual } from './peer';
import { measurePublishing, publishingRows } from './publishing-rows';
import { markdownTable, median, megabytes, millions, type Row, seconds, spread, times, verdictOf } from './table';

/** What a measurement adds to the report: lines of the table, and text below it. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly text?: string;
  /** What was published is not what the peer computes. */
  readonly wrong?: boolean;
}

/** Every measurement by the name that `--only` takes, in the order of the table. */
export const MEASUREMENTS: Readonly<Record<string, (bench: Bench) => Promise<Measured>>> = {
  validate: async (bench) => {
    const measured = await measureValidate(bench);
    const rate = measured.lines / median(measured.seconds);
    return one({
      what: 'validate-schema, raw → landing, one process',
      measured: `${spread(measured.seconds)}: ${millions(rate)} M lines/s`,
      toPeer: times(median(ratios(measured.seconds, measured.peer))),
      target: '≥ 1.5 M lines/s',
      verdict: verdictOf(measured.seconds.map((one) => measured.lines / one >= 1.5e6)),
    });
  },
  memory: async (bench) => {
    const measured = await measureMemory(bench);
    const size = ({ lines, bytes }: { lines: number; bytes: number }) =>
      `${megabytes(bytes)}, ${millions(lines)} M lines`;
    return one({
      what: `validate-schema, peak memory of one file (${size(measured.one)}) and of 4 × (${size(measured.four)})`,
      measured: `${megabytes(measured.one.peakBytes)} and ${megabytes(measured.four.peakBytes)}`,
      toPeer: '',
      target: '',
      verdict: '',
    });
  },
  aggregate: async (bench) => {
    const measured = await measureAggregate(bench);
    const all = measured.seconds.map(({ merge, levels }) => merge + levels);
    const levels = seconds(median(measured.seconds.map((part) => part.levels)));
    const toPeer = ratios(all, measured.peer);
    return one({
      what: `influx-aggregate embedded: ${millions(measured.facts)} M facts into a full archive, hourly, daily, weekly`,
      measured: `${spread(all)}, including daily and weekly CSVs ${levels}`,
      toPeer: times(median(toPeer)),
      target: '≤ 2 × the peer',
      verdict: verdictOf(toPeer.map((ratio) => ratio <= 2)),
    });
  },
  everything: async (bench) => {
    const { runs, peer, difference, uploads } = await measureEverything(bench, 'embedded');
    const apart = runs.map((run) => run.seconds - dbtSecondsOf(run.stages));
    const whole = runs.map((run) => run.seconds);
    const line = (what: string, values: readonly number[], most: number): Row => ({
      what,
      measured: spread(values),
      toPeer: times(median(ratios(values, peer))),
      target: `≤ ${most} × the peer`,
      verdict: verdictOf(ratios(values, peer).map((ratio) => ratio <= most)),
    });
    const { hours, onlyOurs, onlyPeer, otherN, largestDifference } = difference;
    const equal = isEqual(difference)
      ? `The ${hours} published hours equal the peer's: same keys, same n, values within ${largestDifference.toExponential(1)}.`
      : `NOT EQUAL: of ${hours} hours ${onlyOurs} are only ours, ${onlyPeer} only the peer's, ${otherN} have another n, the largest difference is ${largestDifference}.`;
    const stages = runs[0]!.stages.map(({ stage }, index) => {
      const values = runs.map((run) => run.stages[index]!.seconds);
      return [stage, seconds(median(values)), times(median(ratios(values, peer)))];
    });
    const dbt = runs.map((run) => dbtSecondsOf(run.stages));
    stages.push(['dbt build, part of transform', seconds(median(dbt)), times(median(ratios(dbt, peer)))]);
    return {
      wrong: !isEqual(difference),
      rows: [
        line('everything, uploads → published, without the dbt process', apart, 3.5),
        line('everything, including dbt', whole, 7.5),
      ],
      text: [
        `Workload: ${uploads.files} uploads, ${uploads.lines} lines, ${megabytes(uploads.bytes)}. The peer: ${spread(peer)}. ${equal}`,
        `Where the time goes in «everything»:\n\n${markdownTable(['stage', 'seconds', 'to the peer'], stages)}`,
      ].join('\n\n'),
    };
  },
  history: async (bench) => {
    const { one: short, ten, peer } = await measureHistory(bench);
    const growth = ratios(ten, short);
    return one({
      what: 'everything up to the public tables, without dbt, 10 × the history in the archive',
      measured: `${spread(ten)}; with 1 × ${spread(short)}: ${times(median(growth))}`,
      toPeer: times(median(ratios(ten, peer))),
      target: '≤ 1.1 × the time with 1 ×',
      verdict: verdictOf(growth.map((ratio) => ratio <= 1.1)),
    });
  },
  past: async (bench) => {
    const made = await measurePast(bench, hasInflux() ? ['embedded', 'influxdb'] : ['embedded']);
    const rows = made.map(({ mode, engine, months }): Row => {
      const [third, last] = [months[2]!.peakBytes, months.at(-1)!.peakBytes];
      return {
        what: `backfill ${mode} of ${months.length} months, ${engine}, peak memory of the process up to month 3 and to the last`,
        measured: `${megabytes(third)} and ${megabytes(last)}: ${times(last / third)}`,
        toPeer: '',
        target: '≤ 1.1 × month 3',
        verdict: verdictOf([last / third <= 1.1]),
      };
    });
    return { rows, wrong: made.some(({ months }) => months.some(({ changed }) => changed > 0)) };
  },
  influxdb: async (bench) => {
    const influxd = 'skipped: influxd is missing';
    if (!hasInflux()) return one({ what: 'InfluxDB', measured: influxd, toPeer: '', target: '', verdict: '' });
    const { points, write, hourly } = await measureInflux(bench);
    const rates = write.map((seconds) => points / seconds);
    const { runs, peer, difference } = await measureEverything(bench, 'influxdb');
    const whole = runs.map((run) => run.seconds);
    const toPeer = ratios(whole, peer);
    return {
      wrong: !isEqual(difference),
      rows: [
        {
          what: `InfluxDB: writing ${millions(points)} M points to a server on the same cores`,
          measured: `${spread(write)}: ${millions(median(rates))} M points/s`,
          toPeer: '',
          target: '≥ 0.45 M points/s',
          verdict: verdictOf(rates.map((rate) => rate >= 450_000)),
        },
        {
          what: `InfluxDB: hourly n, sum, min, max of ${millions(points)} M points`,
          measured: spread(hourly),
          toPeer: '',
          target: '≤ 6 s',
          verdict: verdictOf(hourly.map((seconds) => seconds <= 6)),
        },
        {
          what: 'everything with InfluxDB, including dbt and the start of the server',
          measured: spread(whole),
          toPeer: times(median(toPeer)),
          target: '≤ 19 × the peer',
          verdict: verdictOf(toPeer.map((ratio) => ratio <= 19)),
        },
      ],
      text: isEqual(difference)
        ? "With InfluxDB, the published hours equal the peer's too."
        : "With InfluxDB, the published hours do NOT equal the peer's.",
    };
  },
  publishing: async (bench) => ({ rows: publishingRows(await measurePublishing(bench)) }),
  'cold-start': async (bench) => {
    const node24 = process.env.NODE24;
    const what = 'cold start of an action to its first log line, Node 24';
    const target = '≤ 300 ms';
    if (!node24) return one({ what, measured: 'skipped: Node 24 is missing', toPeer: '', target, verdict: '' });
    const actions = await measureColdStart(bench, node24);
    const [slowest] = actions as [(typeof actions)[number]];
    const milliseconds = (value: number) => `${Math.round(value * 1000)} ms`;
    const all = actions.map((action) => median(action.seconds));
    const least = milliseconds(Math.min(...slowest.seconds));
    return one({
      what,
      measured: `${milliseconds(median(slowest.seconds))} (${slowest.action}, the slowest of ${actions.length}, at best ${least}; the median action ${milliseconds(median(all))})`,
      toPeer: '',
      target,
      verdict: verdictOf(slowest.seconds.map((one) => one <= 0.3)),
    });
  },
};

/** What `npm test` builds, or an influxd that INFLUXD names. */
const hasInflux = () => Boolean(process.env.INFLUXD);

const one = (row: Row): Measured => ({ rows: [row] });

/** Of each round by itself. */
const ratios = (ours: readonly number[], theirs: readonly number[]) =>
  ours.map((value, round) => value / theirs[round]!);
