import { DAY } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { seriesId } from '../dataset/parquet-file';
import type { TimeStep } from '../dataset/series-rows';
import type { ExplorerSummary, SeriesSummary } from '../dataset/summary';
import { LANGUAGES, type Language } from './words';

export type View = 'line' | 'heat' | 'calendar';

/** What the page shows; all of it is in the link. */
export interface PageState {
  readonly quantity: string;
  /** Ids of series, in the order in which they were chosen. */
  readonly series: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Undefined: what fits the period. */
  readonly step: TimeStep | undefined;
  readonly view: View;
  readonly yearBefore: boolean;
  readonly outdoor: boolean;
  readonly utc: boolean;
  readonly language: Language;
}

/** Series at once, as many as there are colours that people can tell apart. */
export const MOST_SERIES = 6;

/** A window is never shorter than this. */
const SHORTEST = DAY / 4;

/** The step at which a period has some hundred values. */
export function stepOf({ step, from, to }: Pick<PageState, 'step' | 'from' | 'to'>): TimeStep {
  if (step !== undefined) return step;
  const days = (to - from) / DAY;
  if (days <= 62) return 'hour';
  return days <= 3 * 366 ? 'day' : 'week';
}

/** Unless the link says otherwise: the last week. On a wide page, of the first place that has a newest value. */
export function firstSelection(summary: ExplorerSummary, language: Language, wide: boolean): PageState {
  const [, end] = periodOf(summary);
  const newest = [...summary.series].sort((a, b) => Date.parse(b.latest.time) - Date.parse(a.latest.time))[0];
  const current = (one: SeriesSummary) => Date.parse(one.latest.time) > end - 2 * DAY && !isOutdoor(one);
  const temperature = summary.series.find((one) => quantityOf(one, summary) === 'temperature' && current(one));
  const chosen = temperature ?? summary.series.find(current) ?? newest;
  return {
    quantity: chosen === undefined ? '' : quantityOf(chosen, summary),
    series: wide && chosen !== undefined ? [seriesId(chosen)] : [],
    ...within(summary, end - 7 * DAY, end),
    step: undefined,
    view: 'line',
    yearBefore: false,
    outdoor: true,
    utc: false,
    language,
  };
}

/** The dataset's period, in milliseconds. */
export const periodOf = ({ period }: Pick<ExplorerSummary, 'period'>): [from: number, to: number] => [
  Date.parse(period.from),
  Date.parse(period.to),
];

export const quantityOf = ({ dataKey }: SeriesSummary, { dataKeys }: ExplorerSummary): string =>
  dataKeys.find((one) => one.dataKey === dataKey)?.quantity ?? dataKey;

/** Air outside, which may be drawn as a reference to what is inside. */
export const isOutdoor = ({ kind, dataKey }: SeriesSummary): boolean =>
  kind === 'outdoor' || /(^|_)(ambient|outdoor|outside)(_|$)/.test(dataKey);

/** A window of the dataset's period: moved inside if it reaches out, and not shorter than some hours. */
export function within(summary: ExplorerSummary, from: number, to: number): Pick<PageState, 'from' | 'to'> {
  const [first, last] = periodOf(summary);
  const length = Math.min(Math.max(to - from, SHORTEST), Math.max(last - first, SHORTEST));
  const start = Math.max(first, Math.min((from + to - length) / 2, last - length));
  return { from: Math.round(start), to: Math.round(start + length) };
}

/** The part of an address after `#` that shows the same again. */
export function linkOf(selection: PageState): string {
  const minute = (instant: number) => new Date(instant).toISOString().slice(0, 16);
  const fields: [string, string][] = [
    ['q', selection.quantity],
    ['from', minute(selection.from)],
    ['to', minute(selection.to)],
    ['lang', selection.language],
  ];
  if (selection.step !== undefined) fields.push(['step', selection.step]);
  if (selection.view !== 'line') fields.push(['view', selection.view]);
  if (selection.yearBefore) fields.push(['before', '1']);
  if (!selection.outdoor) fields.push(['outdoor', '0']);
  if (selection.utc) fields.push(['utc', '1']);
  return new URLSearchParams([...fields, ...selection.series.map((id): [string, string] => ['s', id])]).toString();
}

/** What a link says, over what the page would show without one. What it says of things that are not there is left out. */
export function selectionOf(link: string, summary: ExplorerSummary, usual: PageState): PageState {
  const fields = new URLSearchParams(link.replace(/^#/, ''));
  if ([...fields].length === 0) return usual;
  const oneOf = <T extends string>(name: string, values: readonly T[]) =>
    values.find((one) => one === fields.get(name));
  const instant = (name: string) => {
    const at = Date.parse(`${fields.get(name)}Z`);
    return Number.isNaN(at) ? undefined : at;
  };
  const quantities = summary.dataKeys.map(({ quantity }) => quantity);
  const quantity = oneOf('q', quantities) ?? usual.quantity;
  const known = new Set(
    summary.series.filter((one) => quantityOf(one, summary) === quantity).map((one) => seriesId(one)),
  );
  const series = [...new Set(fields.getAll('s'))].filter((id) => known.has(id)).slice(0, MOST_SERIES);
  const [from, to] = [instant('from') ?? usual.from, instant('to') ?? usual.to];
  return {
    quantity,
    series,
    ...(from < to ? within(summary, from, to) : { from: usual.from, to: usual.to }),
    step: oneOf('step', ['hour', 'day', 'week']),
    view: oneOf('view', ['line', 'heat', 'calendar']) ?? 'line',
    yearBefore: fields.get('before') === '1',
    outdoor: fields.get('outdoor') !== '0',
    utc: fields.get('utc') === '1',
    language: oneOf('lang', LANGUAGES) ?? usual.language,
  };
}

/** Presets of the period: so many days back from the end of the window, which moves if that is before the first hour. */
export function presetOf(
  name: 'day' | 'week' | 'month' | 'year' | 'all',
  selection: PageState,
  summary: ExplorerSummary,
) {
  const [first, last] = periodOf(summary);
  if (name === 'all') return { from: first, to: last };
  const days = { day: 1, week: 7, month: 30, year: 365 }[name];
  // A window that has been moved into the past stays there.
  return within(summary, selection.to - days * DAY, selection.to);
}

/** The zone whose days and hours the page shows. */
export const zoneOf = ({ utc }: Pick<PageState, 'utc'>, { dataset }: ExplorerSummary) =>
  openZone(utc ? 'UTC' : dataset.timezone);
