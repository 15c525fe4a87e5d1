import type uPlot from 'uplot';
import { firstRowFrom, stepEnd } from '../page/steps';
import type { App } from './app';
import { datasetZone, type Line } from './chart-data';
import type { Plotted } from './line-chart';
import type { Palette } from './palette';

/** Hatches each stretch of the window in which none of the chosen series has a value, and writes so where there is room. */
export function drawGaps(plot: uPlot, { data, grid, rows }: Plotted, palette: Palette, app: App): void {
  const chosen = data.lines.flatMap(({ kind }, at) => (kind === 'chosen' ? [rows[at]!] : []));
  if (chosen.length === 0) return;
  const { ctx, bbox } = plot;
  const [from, to] = [plot.scales.x!.min!, plot.scales.x!.max!];
  const zone = datasetZone(app);
  const scale = devicePixelRatio;
  const empty = (at: number) => chosen.every((one) => one[at]! < 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = scale;
  ctx.font = `${12 * scale}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  const hatch = (start: number, end: number) => {
    const left = plot.valToPos(Math.max(start, from), 'x', true);
    const right = plot.valToPos(Math.min(end, to), 'x', true);
    if (right - left < 3 * scale) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.strokeStyle = palette.hairline;
    ctx.beginPath();
    const pitch = 8 * scale;
    for (let x = Math.floor((left - bbox.height) / pitch) * pitch; x < right; x += pitch) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
    const words = app.words().noData;
    if (right - left < ctx.measureText(words).width + 16 * scale) return;
    ctx.fillStyle = palette.paper;
    const [x, y] = [(left + right) / 2, bbox.top + bbox.height / 2];
    const half = ctx.measureText(words).width / 2 + 6 * scale;
    ctx.fillRect(x - half, y - 11 * scale, 2 * half, 20 * scale);
    ctx.fillStyle = palette.grey;
    ctx.fillText(words, x, y + 3 * scale);
  };
  // What lies before the first row and after the last is as empty as a gap between.
  const first = grid[0] ?? to;
  if (first > from) hatch(from, first);
  let gap: number | undefined;
  const last = Math.min(grid.length, firstRowFrom(grid, to));
  for (let at = Math.max(0, firstRowFrom(grid, from) - 1); at < last; at++) {
    if (empty(at)) gap ??= grid[at]!;
    else if (gap !== undefined) {
      hatch(gap, grid[at]!);
      gap = undefined;
    }
  }
  const end = grid.length === 0 ? from : stepEnd(grid.at(-1)!, data.step, zone);
  if (gap !== undefined) hatch(gap, to);
  else if (end < to) hatch(Math.max(end, from), to);
  ctx.restore();
}

/** Writes each line's name at its end, moved apart where they would cover each other. */
export function drawEndLabels(
  plot: uPlot,
  { data, grid, rows }: Plotted,
  palette: Palette,
  font: string,
  outdoor: string,
): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const to = plot.scales.x!.max!;
  const last = firstRowFrom(grid, to) - 1;
  const first = Math.max(0, firstRowFrom(grid, plot.scales.x!.min!));
  // What a series measures is said only where another line is of the same place.
  const places = data.lines.filter(({ kind }) => kind === 'chosen').map(({ series }) => series.location);
  const nameOf = ({ kind, name, series: { location } }: Line) => {
    if (kind === 'outdoor') return outdoor;
    return kind === 'chosen' && places.filter((one) => one === location).length === 1 ? location : name;
  };
  const several = data.lines.filter(({ kind }) => kind === 'chosen').length > 1;
  const labels = data.lines.flatMap((line, at) => {
    // Dots of the same colour say it; names of all would hide each other.
    if (several && line.kind === 'before') return [];
    let i = last;
    while (i >= first && rows[at]![i]! < 0) i--;
    if (i < first) return [];
    const y = plot.valToPos(line.rows.value[rows[at]![i]!]!, 'y', true);
    return [{ y, name: nameOf(line), colour: line.colour < 0 ? palette.grey : palette.series[line.colour]! }];
  });
  const height = 16 * scale;
  labels.sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; i++) labels[i]!.y = Math.max(labels[i]!.y, labels[i - 1]!.y + height);
  const over = (labels.at(-1)?.y ?? 0) - (bbox.top + bbox.height);
  if (over > 0) for (const label of labels) label.y -= over;
  ctx.save();
  ctx.font = font.replace(/^\d+/, (size) => String(Number(size) * scale));
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const room = plot.ctx.canvas.width - (bbox.left + bbox.width) - 10 * scale;
  for (const { y, name, colour } of labels) {
    ctx.fillStyle = colour;
    ctx.fillText(cut(name, room, ctx), bbox.left + bbox.width + 8 * scale, y);
  }
  ctx.restore();
}

/** A name as far as it fits. */
function cut(name: string, room: number, ctx: CanvasRenderingContext2D): string {
  if (ctx.measureText(name).width <= room) return name;
  const signs = [...name];
  while (signs.length > 1 && ctx.measureText(`${signs.join('')}…`).width > room) signs.pop();
  return `${signs.join('')}…`;
}
