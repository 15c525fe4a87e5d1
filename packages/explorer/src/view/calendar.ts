import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { daysBetween } from '../page/day-hours';
import { firstRowFrom, stepEnd } from '../page/steps';
import type { App } from './app';
import { type ChartData, datasetZone, type Line } from './chart-data';
import { el } from './element';
import { type Palette, paletteNow, sharpCanvas } from './palette';
import { madeOf } from './readout';
import { spreadOfDays } from './series-list';

const LEFT = 56;
const ABOVE = 40;

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
  const start = zone.resolve(Date.UTC(year, 0, 1)).first;
  const days = daysBetween(start, zone.resolve(Date.UTC(year + 1, 0, 1)).first, zone);
  // The column of a day is its week, the row its weekday from Monday.
  const lead = (Math.round((start + zone.offsetAt(start)) / DAY) + 3) % 7;
  const cell = Math.max(5, Math.min(17, Math.floor((width - LEFT - 8) / 54)));
  const height = ABOVE + 7 * cell + 6;
  const canvas = el('canvas', {
    role: 'img',
    tabindex: '0',
    'aria-label': `${line.name}, ${year}. ${app.words().calendar}`,
  });
  const context = sharpCanvas(canvas, width, height);
  const placeOf = (at: number) =>
    [LEFT + Math.floor((at + lead) / 7) * cell, ABOVE + ((at + lead) % 7) * cell] as const;
  const rowAt = (day: number) => {
    const row = firstRowFrom(line.rows.start, day);
    return line.rows.start[row] === day ? row : -1;
  };

  context.font = '600 13px system-ui, sans-serif';
  context.fillStyle = palette.ink;
  context.fillText(`${line.name} · ${year}`, LEFT, 14);
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = palette.grey;
  let lastLabel = -100;
  days.forEach((day, at) => {
    const [x, y] = placeOf(at);
    const date = new Date(day + zone.offsetAt(day));
    if (date.getUTCDate() === 1 && x - lastLabel > 26) {
      context.fillStyle = palette.grey;
      context.fillText(app.texts().monthName(date.getUTCMonth()), x, 34);
      lastLabel = x;
    }
    const row = rowAt(day);
    const share = row < 0 ? 0 : Math.min(1, line.rows.n[row]! / line.rows.expected[row]!);
    context.fillStyle = palette.hairline;
    context.fillRect(x, y, cell - 1.5, cell - 1.5);
    if (share > 0) {
      context.globalAlpha = 0.2 + 0.8 * share;
      context.fillStyle = palette.accent;
      context.fillRect(x, y, cell - 1.5, cell - 1.5);
      context.globalAlpha = 1;
    }
    if (hoursIn(day, zone) !== 24) {
      // A day of 23 or 25 hours has a corner of its own.
      context.fillStyle = palette.ink;
      context.beginPath();
      context.moveTo(x + cell - 1.5, y);
      context.lineTo(x + cell - 1.5, y + cell / 2.5);
      context.lineTo(x + cell - 1.5 - cell / 2.5, y);
      context.fill();
    }
  });
  context.fillStyle = palette.grey;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const weekday of cell > 9 ? [0, 2, 4, 6] : [0, 6]) {
    context.fillText(app.texts().weekdays[weekday]!, LEFT - 8, ABOVE + (weekday + 0.5) * cell);
  }

  const textOf = (at: number) => {
    const day = days[at];
    if (day === undefined) return '';
    return dayText(app, line, day, rowAt(day));
  };
  let at = days.length - 1;
  canvas.addEventListener('pointermove', (event) => {
    at = Math.floor((event.offsetX - LEFT) / cell) * 7 + Math.floor((event.offsetY - ABOVE) / cell) - lead;
    say(textOf(at), false);
  });
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    at = Math.max(0, Math.min(days.length - 1, at + by));
    say(textOf(at), true);
  });
  return el('div', { class: 'picture' }, canvas);
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
