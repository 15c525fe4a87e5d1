import { HOUR } from '@sensor-warehouse/model/time/units';
import { CALENDAR_LEFT, calendarLayout } from '../page/calendar-layout';
import { daysBetween } from '../page/day-hours';
import { periodOf } from '../page/link-state';
import { firstRowFrom, stepEnd } from '../page/steps';
import type { App } from './app';
import { type ChartData, datasetZone, type Line } from './chart-data';
import { el } from './element';
import { type Palette, paletteNow, sharpCanvas } from './palette';
import { madeOf } from './readout';
import { spreadOfDays } from './series-list';

/** For each line and year: a square a day, weeks side by side, the colour by the share of the readings that are there. */
export function calendar(
  app: App,
  place: HTMLElement,
  data: ChartData,
  say: (text: string, aloud: boolean) => void,
): void {
  const palette = paletteNow();
  const lines = data.lines.filter(({ kind }) => kind === 'chosen');
  const zone = datasetZone(app);
  const { from, to } = app.selection();
  const yearOf = (instant: number) => new Date(instant + zone.offsetAt(instant)).getUTCFullYear();
  const years = Array.from({ length: yearOf(to - 1) - yearOf(from) + 1 }, (_, at) => yearOf(to - 1) - at);
  const pictures = lines.flatMap((line) =>
    years.map((year) => oneYear(app, place.clientWidth, { line, year, palette }, say)),
  );
  place.replaceChildren(...pictures, legendOf(app, palette));
}

interface Year {
  readonly line: Line;
  readonly year: number;
  readonly palette: Palette;
}

function oneYear(
  app: App,
  width: number,
  { line, year, palette }: Year,
  say: (text: string, aloud: boolean) => void,
): HTMLElement {
  const zone = datasetZone(app);
  const days = daysBetween(
    zone.resolve(Date.UTC(year, 0, 1)).first,
    zone.resolve(Date.UTC(year + 1, 0, 1)).first,
    zone,
  );
  // Days before the first and after the last hour of the dataset lack nothing, and have no square.
  const [from, to] = periodOf(app.summary);
  const [first, last] = [Math.max(0, firstAfter(days, from) - 1), firstAfter(days, to - 1) - 1];
  const layout = calendarLayout({ year, first, last }, width);
  const canvas = el('canvas', {
    role: 'img',
    tabindex: '0',
    'aria-label': `${line.name}, ${year}. ${app.words().calendar}`,
  });
  const context = sharpCanvas(canvas, width, layout.height);
  const rowAt = (day: number) => {
    const row = firstRowFrom(line.rows.start, day);
    return line.rows.start[row] === day ? row : -1;
  };

  const left = layout.placeOf(first)[0];
  context.font = '600 13px system-ui, sans-serif';
  context.fillStyle = palette.ink;
  context.fillText(`${line.name} · ${year}`, layout.weekdays.length === 0 ? 0 : Math.min(left, CALENDAR_LEFT), 14);
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = palette.grey;
  for (const { month, x, y } of layout.months) context.fillText(app.texts().monthName(month), x, y);
  const side = layout.cell - (layout.cell > 20 ? 2 : 1.5);
  for (let at = first; at <= last; at++) {
    const [x, y] = layout.placeOf(at);
    const row = rowAt(days[at]!);
    const share = row < 0 ? 0 : Math.min(1, line.rows.n[row]! / line.rows.expected[row]!);
    context.fillStyle = palette.hairline;
    context.fillRect(x, y, side, side);
    if (share > 0) {
      context.globalAlpha = 0.2 + 0.8 * share;
      context.fillStyle = palette.accent;
      context.fillRect(x, y, side, side);
      context.globalAlpha = 1;
    }
    if (hoursIn(days[at]!, zone) !== 24) {
      // A day of 23 or 25 hours has a corner of its own.
      context.fillStyle = palette.ink;
      context.beginPath();
      context.moveTo(x + side, y);
      context.lineTo(x + side, y + layout.cell / 2.5);
      context.lineTo(x + side - layout.cell / 2.5, y);
      context.fill();
    }
  }
  context.fillStyle = palette.grey;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { weekday, y } of layout.weekdays) {
    context.fillText(app.texts().weekdays[weekday]!, CALENDAR_LEFT - 8, y);
  }

  const ring = el('span', { class: 'ring', hidden: true });
  const show = (at: number | undefined, aloud: boolean) => {
    ring.hidden = at === undefined;
    if (at === undefined) return say('', aloud);
    const [x, y] = layout.placeOf(at);
    Object.assign(ring.style, { left: `${x}px`, top: `${y}px`, width: `${side}px`, height: `${side}px` });
    say(dayText(app, line, days[at]!, rowAt(days[at]!)), aloud);
  };
  let at = last;
  const point = (event: PointerEvent) => {
    const day = layout.dayAt(event.offsetX, event.offsetY);
    at = day ?? at;
    show(day, false);
  };
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('pointerdown', point);
  canvas.addEventListener('keydown', (event) => {
    if (!ARROWS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    at = Math.max(first, Math.min(last, layout.step(at, event.key as 'ArrowLeft')));
    show(at, true);
  });
  return el('div', { class: 'picture' }, canvas, ring);
}

const ARROWS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/** The place of the first day that begins after an instant. */
function firstAfter(days: readonly number[], instant: number): number {
  const at = days.findIndex((day) => day > instant);
  return at < 0 ? days.length : at;
}

const hoursIn = (day: number, zone: ReturnType<typeof datasetZone>) => (stepEnd(day, 'day', zone) - day) / HOUR;

function dayText(app: App, line: Line, day: number, row: number): string {
  const [words, texts] = [app.words(), app.texts()];
  const hours = hoursIn(day, datasetZone(app));
  const change = hours === 24 ? '' : ` (${words.clockChange}: ${words.hoursOfDay(hours)})`;
  if (row < 0) return `${texts.span(day, 'day')}${change}: ${words.noData}`;
  const { n, expected, value } = line.rows;
  const mean = `${texts.value(value[row]!, spreadOfDays(line.series))} ${app.keyOf(line.series).unit}`;
  return `${texts.span(day, 'day')}${change}: ${texts.percent(n[row]! / expected[row]!)} · ${mean} · ${madeOf(app, line, row)}`;
}

function legendOf(app: App, palette: Palette): HTMLElement {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const context = sharpCanvas(canvas, 96, 14);
  [0, 0.25, 0.5, 0.75, 1].forEach((share, at) => {
    context.globalAlpha = 1;
    context.fillStyle = palette.hairline;
    context.fillRect(at * 19, 0, 14, 14);
    if (share === 0) return;
    context.globalAlpha = 0.2 + 0.8 * share;
    context.fillStyle = palette.accent;
    context.fillRect(at * 19, 0, 14, 14);
  });
  const words = app.words();
  return el(
    'p',
    { class: 'legend' },
    words.none,
    canvas,
    app.texts().percent(1),
    el('span', { class: 'zone' }, words.share),
  );
}
