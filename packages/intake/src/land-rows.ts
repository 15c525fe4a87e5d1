import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { ignoredSensorTest } from '@sensor-warehouse/model/seeds/ignored-sensors';
import { endLabels, openZone } from '@sensor-warehouse/model/time/zone';
import type { RowsOfFile } from './accepted-report';
import { refuseSwappedPieces } from './cells/day-month-order';
import { type Samples, sampleColumns } from './cells/distribution';
import { resolveDoubledHours } from './cells/doubled-hours';
import { watchClock } from './cells/skipped-hours';
import { changedValues } from './drift/changed-values';
import { refuseDefaults } from './header/annotated-csv';
import type { RowPlan } from './header/row-plan';
import { type NamesOfColumn, unknownNames } from './header/unknown-names';
import { type Chunk, newChunk } from './landing/chunk';
import { intervalsOf, startsOf } from './landing/interval-starts';
import { landingColumns } from './landing/landing';
import { openLandingParts } from './landing/landing-parts';
import { openRowReader } from './read-rows';
import { collectRejections } from './rejections';
import { type ExportFile, type Problem, UnreadableFile } from './report/report';
import { maybeCutOff } from './row-problems';
import { isBlankRow, rowText } from './text/rows';
import type { TextFile } from './text/text-file';
import { type Visit, visitRows } from './text/visit-rows';

/**
 * Reads the rows in chunks of bounded size, each of which becomes a part of the landing.
 * @returns nothing has landed if more rows are rejected than the limit allows, or names are unknown
 * @throws UnreadableFile; then nothing has landed either
 */
export async function landRows(
  text: TextFile,
  { ordinal }: Pick<ExportFile, 'ordinal'>,
  plan: RowPlan,
  landing: string,
  now: number,
): Promise<RowsOfFile> {
  const { datasource, headerLine, header, format } = plan;
  const clock = openZone(format.absolute ? 'UTC' : datasource.timezone);
  const intervals = await intervalsOf(text, plan);
  const zone = intervals === undefined ? clock : endLabels(clock);
  const labels = header.roles.flatMap((role) => (role.kind === 'value' ? [role.label] : []));
  const reader = openRowReader(plan, zone, now, intervals);
  const { names } = reader;
  const sensorAt = header.roles.findIndex((role) => role.kind === 'text' && role.label === datasource.sensorColumn);
  const doubled = sensorAt < 0 || format.absolute ? undefined : await resolveDoubledHours(text, plan, clock);
  const parts = openLandingParts(landing, ordinal, { columns: landingColumns(datasource), labels, names }, zone, {
    doubled,
    toStarts: intervals && startsOf(intervals, names, plan),
  });
  const skipped = sensorAt < 0 && !format.absolute ? watchClock(clock, header, datasource) : undefined;
  const rejections = collectRejections(datasource.rejectLimit);
  const chunk = newChunk(labels.length, names.length);
  const samples = labels.some((label) => datasource.contract.profiles.has(label))
    ? sampleColumns(labels.length)
    : undefined;
  const lineEnds = { lf: 0, crlf: 0, cr: 0 };
  const mostRows = text.room.limits.rows;
  let total = 0;
  let comments = 0;
  const again = { count: 0, line: 0 };
  let unknown: RowsOfFile['unknown'] = [];
  const visit: Visit = (row, cells) => {
    if (row.line <= headerLine || isBlankRow(row, text.delimiter)) return true;
    if (++total > mostRows) throw new UnreadableFile(tooManyRows(row.line, mostRows));
    if (row.lineEnd === 'crlf') lineEnds.crlf++;
    else if (row.lineEnd === 'lf') lineEnds.lf++;
    else if (row.lineEnd === 'cr') lineEnds.cr++;
    const outcome = reader.read(row, cells, chunk);
    if (outcome !== 'read') {
      if (outcome.problem.code === 'implausible-time') text.room.mayPass = true;
      if (outcome.wall !== undefined) skipped?.see(outcome.wall, row, cells);
      if (outcome.excused) rejections.excuse(row, outcome.problem);
      else rejections.reject(row, outcome.problem);
      return true;
    }
    skipped?.see(chunk.walls[chunk.count - 1]!, row, cells);
    if (samples?.row()) keepNumbers(samples, chunk);
    return chunk.count < chunk.most || parts.write(chunk, false);
  };
  try {
    await visitRows(text, visit, {
      comment(row, cells) {
        comments++;
        refuseDefaults(row, cells, header);
      },
      openingAgain(row) {
        again.count++;
        again.line ||= row.line;
      },
      cutOff(row) {
        total++;
        rejections.excuse(row, maybeCutOff(rowText(row)));
      },
    });
    if (again.count > 0) await refuseSwappedPieces(text, plan);
    unknown = unknownNames(names, datasource);
    if (rejections.counted > datasource.rejectLimit || unknown.length > 0) await parts.discard();
    else {
      const problem = samples === undefined ? undefined : changedValues(labels, samples, datasource);
      if (problem !== undefined) throw new UnreadableFile(problem);
      await parts.write(chunk, true);
      skipped?.judge(parts.interval!);
    }
  } catch (error) {
    await parts.discard();
    throw error;
  }
  const { landed, readings, period, undecided } = parts;
  const { empty, trailing, ignored: ignoredReadings } = reader;
  return {
    total,
    landed,
    readings,
    period,
    undecided,
    rejections,
    empty,
    ignoredReadings,
    ofIgnoredSensors: { count: reader.ofIgnoredSensors, names: ignoredSensors(names, datasource) },
    trailing,
    lineEnds,
    comments,
    again,
    unknown,
  };
}

function ignoredSensors(names: readonly NamesOfColumn[], datasource: Datasource): string[] {
  const sensors = names.find(({ label }) => label === datasource.sensorColumn)?.dictionary ?? [];
  return sensors.filter(ignoredSensorTest(datasource));
}

/** The numbers of the row that was read last. */
function keepNumbers(samples: Samples, { values, count }: Chunk): void {
  for (const [column, numbers] of values.entries()) {
    const value = numbers[count - 1]!;
    if (!Number.isNaN(value)) samples.keep(column, value);
  }
}

function tooManyRows(line: number, most: number): Problem {
  return {
    code: 'too-many-rows',
    line,
    found: `more than ${most} rows`,
    expected: `at most ${most}`,
    message: 'the file has more rows than allowed',
    fix: 'export less at a time, or raise rows in seeds/limits.csv',
  };
}
