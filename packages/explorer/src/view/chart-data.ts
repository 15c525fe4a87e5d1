import { openZone } from '@sensor-warehouse/model/time/zone';
import { seriesId } from '../dataset/parquet-file';
import { NO_SERIES_ROWS, type SeriesRows, type TimeStep } from '../dataset/series-rows';
import type { SeriesSummary } from '../dataset/summary';
import { isOutdoor, type PageState, quantityOf, stepOf } from '../page/link-state';
import { rowsIn, yearEarlier, yearLater } from '../page/steps';
import type { App } from './app';
import { seriesName } from './series-list';

/** A line of the chart. */
export interface Line {
  readonly kind: 'chosen' | 'before' | 'outdoor';
  readonly series: SeriesSummary;
  readonly name: string;
  /** Index into the palette; -1 for what is only a reference. */
  readonly colour: number;
  readonly rows: SeriesRows;
  /** Readings that an hour should have; NaN if nobody says. */
  readonly expected: number;
}

/** What the views draw. Lines cover the years that the window touches. */
export interface ChartData {
  readonly lines: readonly Line[];
  readonly step: TimeStep;
  readonly unit: string;
}

export const datasetZone = (app: App) => openZone(app.summary.dataset.timezone);

/** Which rows have to be there for a selection: as long as it stays, nothing has to be loaded. */
export function needOf(selection: PageState, app: App): string {
  const { series, yearBefore, outdoor } = selection;
  const step = stepOfView(selection);
  const zone = datasetZone(app);
  const year = (instant: number) => new Date(instant + zone.offsetAt(instant) + 3_600_000).getUTCFullYear();
  const window = [year(selection.from - 7_200_000), year(selection.to + 7_200_000)];
  return JSON.stringify([
    series,
    step,
    yearBefore && selection.view === 'line',
    outdoor && selection.view === 'line',
    window,
  ]);
}

/** A heat map is of hours, a calendar of days. */
export function stepOfView(selection: PageState): TimeStep {
  if (selection.view === 'line') return stepOf(selection);
  return selection.view === 'heat' ? 'hour' : 'day';
}

/** @throws DataProblem if the tables cannot be read */
export async function loadChartData(app: App): Promise<ChartData> {
  const selection = app.selection();
  const { from, to, view } = selection;
  const step = stepOfView(selection);
  const zone = datasetZone(app);
  const { reader } = await app.data();
  const chosen = selection.series.map(app.seriesOf);
  const line = async (series: SeriesSummary, kind: Line['kind'], colour: number): Promise<Line> => {
    const expected = series.intervalSeconds === null ? Number.NaN : 3600 / series.intervalSeconds;
    const name = seriesName(app, series);
    if (kind !== 'before')
      return { kind, series, name, colour, rows: await reader.rows(series, step, from, to), expected };
    const [first, last] = [yearEarlier(from, step, zone), yearEarlier(to, step, zone)];
    const rows = Number.isNaN(first + last) ? NO_SERIES_ROWS : await reader.rows(series, step, first, last);
    return { kind, series, name: app.words().ofYearBefore(name), colour, rows: yearLater(rows, step, zone), expected };
  };
  const outdoor = view === 'line' && selection.outdoor ? outdoorOf(app, chosen) : undefined;
  const lines = await Promise.all([
    ...(outdoor === undefined || chosen.length === 0 ? [] : [line(outdoor, 'outdoor', -1)]),
    ...(view === 'line' && selection.yearBefore ? chosen.map((one, at) => line(one, 'before', at)) : []),
    ...chosen.map((one, at) => line(one, 'chosen', at)),
  ]);
  return { lines, step, unit: chosen[0] === undefined ? '' : app.keyOf(chosen[0]).unit };
}

/** The air outside to compare the chosen with: of their building if it has one. */
function outdoorOf(app: App, chosen: readonly SeriesSummary[]): SeriesSummary | undefined {
  const { quantity } = app.selection();
  const there = app.summary.series.filter((one) => isOutdoor(one) && quantityOf(one, app.summary) === quantity);
  if (there.some((one) => chosen.some((other) => seriesId(other) === seriesId(one)))) return undefined;
  return there.find(({ building }) => building === chosen[0]?.building) ?? there[0];
}

/** Whether the chosen series have any row in the window. */
export function hasRows({ lines, step }: ChartData, { from, to }: PageState, app: App): boolean {
  return lines.some(({ kind, rows }) => {
    if (kind !== 'chosen') return false;
    const [first, end] = rowsIn(rows, step, from, to, datasetZone(app));
    return end > first;
  });
}
