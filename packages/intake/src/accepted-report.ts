import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { fixedZoneName, standardOffset } from '@sensor-warehouse/model/time/zone';
import type { Undecided } from './cells/localise';
import { someOf } from './header/label-text';
import type { RowPlan } from './header/row-plan';
import type { Rejections } from './rejections';
import type { Period, Problem, ReadReport } from './report/report';

/** Counts and names gathered while the rows after the header were read. */
export interface RowsOfFile {
  /** Rows that are not blank. */
  readonly total: number;
  readonly landed: number;
  /** Cells with a value in the landing, as they were written. */
  readonly readings: number;
  readonly period: Period | undefined;
  readonly undecided: Undecided;
  readonly rejections: Rejections;
  /** Empty value cells, in the rows that landed. */
  readonly empty: number;
  /** Value cells of an ignored quantity, in the rows that landed. */
  readonly ignoredReadings: number;
  /** Value cells of ignored sensors, and the sensors' names. */
  readonly ofIgnoredSensors: { readonly count: number; readonly names: readonly string[] };
  readonly trailing: number;
  readonly comments: number;
  /** Repeats of the opening lines among the rows, and the line of the first. */
  readonly again: { readonly count: number; readonly line: number };
  /** Unmapped names of sensors and quantities: these refuse the file. */
  readonly unknown: readonly { readonly problem: Problem; readonly count: number }[];
  readonly lineEnds: Readonly<Record<'lf' | 'crlf' | 'cr', number>>;
}

/** The report of an accepted file, with a count of everything left out. */
export function acceptedReport(
  base: Pick<Finding, 'datasource' | 'file'>,
  { datasource, header, headerLine }: RowPlan,
  sensor: string,
  rows: RowsOfFile,
): ReadReport {
  const { total, landed, readings, rejections, empty, ignoredReadings, ofIgnoredSensors } = rows;
  const values = header.roles.filter((role) => role.kind === 'value').length;
  const ignored = header.roles.flatMap((role) => (role.kind === 'ignored' ? [role.label] : []));
  const quarantined = rejections.counted + rejections.excused;
  const findings: Finding[] = [
    ...rejections.findings(base),
    ...remarks(datasource, rows).map(
      ([count, problem]): Finding => ({ ...base, severity: 'warning', count, ...problem }),
    ),
  ];
  if (ignored.length > 0 && landed > 0) {
    findings.push({
      ...base,
      severity: 'info',
      code: 'ignored-column',
      column: [...new Set(ignored)].join(', '),
      count: landed * ignored.length,
      message: 'cells of ignored columns were left out',
      fix: 'map the column to publish it',
    });
  }
  if (ignoredReadings > 0) {
    findings.push({
      ...base,
      severity: 'info',
      code: 'ignored-column',
      ...(datasource.quantityColumn === undefined ? {} : { column: datasource.quantityColumn }),
      count: ignoredReadings,
      message: 'readings of ignored quantities were left out',
      fix: 'map the quantity to publish it',
    });
  }
  if (ofIgnoredSensors.count > 0) {
    findings.push({
      ...base,
      severity: 'info',
      code: 'ignored-sensor',
      ...(datasource.sensorColumn === undefined ? {} : { column: datasource.sensorColumn }),
      count: ofIgnoredSensors.count,
      found: someOf(ofIgnoredSensors.names),
      message: 'readings of ignored sensors were left out',
      fix: 'map the sensor to publish it',
    });
  }
  if (rows.comments > 0) {
    findings.push({
      ...base,
      severity: 'info',
      code: 'comment-line',
      count: rows.comments,
      message: `lines that begin with ${quoted(datasource.comment)} were left out`,
      fix: 'nothing is wrong',
    });
  }
  if (rows.again.count > 0) {
    findings.push({
      ...base,
      severity: 'info',
      code: 'repeated-header',
      line: rows.again.line,
      count: rows.again.count,
      message: 'the header is repeated exactly among the rows; the repetition was left out',
      fix: 'nothing is wrong',
    });
  }
  return {
    verdict: 'accepted',
    findings,
    rejected: rejections.rows,
    headerLine,
    sensor,
    period: rows.period,
    counts: {
      lines: total,
      landed,
      quarantined,
      cells: total * (values + ignored.length),
      readings,
      empty,
      ignored: landed * ignored.length + ignoredReadings + ofIgnoredSensors.count,
      cellsQuarantined: quarantined * (values + ignored.length),
    },
  };
}

/** Oddities of the whole file that change no reading, each with a count. */
function remarks(
  datasource: Datasource,
  { total, undecided, period, lineEnds, trailing }: RowsOfFile,
): [number, Problem][] {
  const found: [number, Problem][] = [];
  const { count, unrepeated } = undecided;
  if (unrepeated > 0) {
    const standard = fixedZoneName(standardOffset(datasource.timezone, period!.last));
    found.push([
      unrepeated,
      {
        code: 'timezone-ambiguous',
        line: undecided.line,
        column: datasource.timeColumns[0]!,
        message:
          'times continue at their usual step through the hour that repeats in autumn, each only once: the clock does not change, or the export left out one pass; they were taken as the first',
        fix: `declare the timezone ${standard} if the clock keeps standard time, or export the night again with both passes`,
      },
    ]);
  }
  if (count > unrepeated) {
    found.push([
      count - unrepeated,
      {
        code: 'timezone-ambiguous',
        line: undecided.line,
        column: datasource.timeColumns[0]!,
        message: 'times in the repeated hour of autumn fit both passes; they were taken as the first',
        fix: 'export the night of the change again, without gaps',
      },
    ]);
  }
  const kinds = Object.values(lineEnds).filter((count) => count > 0);
  if (kinds.length > 1) {
    found.push([
      total - Math.max(...kinds),
      { code: 'mixed-line-ends', message: 'the file mixes kinds of line ends', fix: 'export the file again' },
    ]);
  }
  if (trailing > 0) {
    found.push([
      trailing,
      {
        code: 'trailing-delimiter',
        message: 'rows end with more delimiters than the header',
        fix: 'nothing is lost; export again to silence this',
      },
    ]);
  }
  if (total === 0) {
    found.push([
      1,
      { code: 'no-rows', message: 'the file has a header and no rows', fix: 'check the period of the export' },
    ]);
  }
  return found;
}
