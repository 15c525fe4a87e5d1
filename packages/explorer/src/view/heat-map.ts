import { DAY } from '@sensor-warehouse/model/time/units';
import { clockHours, daysBetween } from '../page/day-hours';
import { zoneOf } from '../page/link-state';
import { firstRowFrom } from '../page/steps';
import { timeTicks } from '../page/time-axis';
import type { App } from './app';
import type { ChartData, Line } from './chart-data';
import { el } from './element';
import { type Palette, paletteNow, rgb, sharpCanvas, viridis } from './palette';
import { madeOf, zoneText } from './readout';
import { spreadOfDays } from './series-list';

const LEFT = 56;
const BELOW = 26;
const ABOVE = 22;

/** One picture for each line: the hour of the day by the date, a cell an hour. */
export function heatMap(
  app: App,
  place: HTMLElement,
  data: ChartData,
  say: (text: string, aloud: boolean) => void,
): void {
  const lines = data.lines.filter(({ kind }) => kind === 'chosen');
  const scale = scaleOf(lines, app);
  const each = Math.max(110, Math.floor((place.parentElement!.clientHeight - 34) / Math.max(1, lines.length)));
  const palette = paletteNow();
  place.replaceChildren(
    ...lines.map((line) => onePicture(app, place.clientWidth, each, { line, scale, palette }, say)),
    legendOf(app, scale, data.unit),
  );
}

interface Scale {
  readonly low: number;
  readonly high: number;
}

interface Picture {
  readonly line: Line;
  readonly scale: Scale;
  readonly palette: Palette;
}

/** Colours reach from the least to the greatest value in the window, the same for all pictures. */
function scaleOf(lines: readonly Line[], app: App): Scale {
  const { from, to } = app.selection();
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { rows } of lines) {
    const end = firstRowFrom(rows.start, to);
    for (let i = firstRowFrom(rows.start, from); i < end; i++) {
      low = Math.min(low, rows.value[i]!);
      high = Math.max(high, rows.value[i]!);
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

function onePicture(
  app: App,
  width: number,
  height: number,
  picture: Picture,
  say: (text: string, aloud: boolean) => void,
): HTMLElement {
  const { line, scale, palette } = picture;
  const { from, to } = app.selection();
  const zone = zoneOf(app.selection(), app.summary);
  const days = daysBetween(from, to, zone);
  const canvas = el('canvas', { role: 'img', tabindex: '0', 'aria-label': `${line.name}. ${app.words().heat}` });
  const context = sharpCanvas(canvas, width, height);
  const [wide, tall] = [(width - LEFT - 8) / days.length, (height - ABOVE - BELOW) / 24];
  const colourOf = (value: number) => rgb(viridis((value - scale.low) / (scale.high - scale.low || 1)));
  const rowAt = (start: number) => {
    const row = firstRowFrom(line.rows.start, start);
    return line.rows.start[row] === start ? row : -1;
  };

  context.font = '600 13px system-ui, sans-serif';
  context.fillStyle = palette.ink;
  context.fillText(line.name, LEFT, 14);
  context.font = '12px system-ui, sans-serif';
  // Cells begin and end between two points of the screen: what is drawn over half a point would show as a seam.
  const edge = (at: number) => Math.round(at * devicePixelRatio) / devicePixelRatio;
  days.forEach((day, at) => {
    clockHours(day, zone).forEach(({ starts }, hour) => {
      const [x, y] = [LEFT + at * wide, edge(ABOVE + hour * tall)];
      if (starts.length === 0) {
        // The hour that the clock leaves out in spring.
        context.strokeStyle = palette.grey;
        context.strokeRect(x + 0.5, y + 0.5, Math.max(0.5, wide - 1.5), Math.max(0.5, tall - 1.5));
      }
      starts.forEach((start, pass) => {
        const row = rowAt(start);
        context.fillStyle = row < 0 ? palette.hairline : colourOf(line.rows.value[row]!);
        context.globalAlpha = row < 0 ? 0.5 : 1;
        const part = wide / starts.length;
        const gap = part > 5 && tall > 5 ? 1 : 0;
        const [left, right] = [edge(x + pass * part), edge(x + (pass + 1) * part)];
        context.fillRect(left, y, right - left - gap, edge(ABOVE + (hour + 1) * tall) - y - gap);
        context.globalAlpha = 1;
      });
    });
  });
  context.fillStyle = palette.grey;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const hour of [0, 6, 12, 18]) context.fillText(`${hour}:00`, LEFT - 8, ABOVE + (hour + 0.5) * tall);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  for (const { at, unit } of timeTicks(from, to, zone, Math.min(days.length, (width - LEFT) / 84))) {
    if (unit === 'hour') continue;
    const day = days.findIndex((start, i) => start <= at && (days[i + 1] ?? start + DAY) > at);
    const x = LEFT + day * wide;
    if (x < width - 40) context.fillText(app.texts().tick(at, unit), x, height - 8);
  }

  const textOf = (at: number, hour: number) => {
    const day = days[at];
    if (day === undefined || hour < 0 || hour > 23) return '';
    const { starts } = clockHours(day, zone)[hour]!;
    const texts = starts.map((start) => {
      const row = rowAt(start);
      const value =
        row < 0
          ? app.words().noData
          : `${app.texts().value(line.rows.value[row]!, spreadOfDays(line.series))} ${app.keyOf(line.series).unit} · ${madeOf(app, line, row)}`;
      return `${app.texts().span(start, 'hour')}: ${value}`;
    });
    return texts.length === 0 ? app.words().missingHour : texts.join('; ');
  };
  let [at, hour] = [days.length - 1, 12];
  const point = (event: PointerEvent) => {
    at = Math.floor((event.offsetX - LEFT) / wide);
    hour = Math.floor((event.offsetY - ABOVE) / tall);
    say(textOf(at, hour), false);
  };
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('pointerdown', point);
  canvas.addEventListener('keydown', (event) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    at = Math.max(0, Math.min(days.length - 1, at + by[0]));
    hour = Math.max(0, Math.min(23, hour + by[1]));
    say(textOf(at, hour), true);
  });
  return el('div', { class: 'picture' }, canvas);
}

function legendOf(app: App, { low, high }: Scale, unit: string): HTMLElement {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const context = sharpCanvas(canvas, 160, 10);
  for (let x = 0; x < 160; x++) {
    context.fillStyle = rgb(viridis(x / 159));
    context.fillRect(x, 0, 1.5, 10);
  }
  const value = (one: number) => `${app.texts().value(one, high - low)} ${unit}`;
  return el('p', { class: 'legend' }, value(low), canvas, value(high), el('span', { class: 'zone' }, zoneText(app)));
}
