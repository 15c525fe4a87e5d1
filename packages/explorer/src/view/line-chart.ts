import uPlot from 'uplot';
import { seriesId } from '../dataset/parquet-file';
import { type PageState, zoneOf } from '../page/link-state';
import { gridOf, rowsAt, stepEnd } from '../page/steps';
import { timeTicks } from '../page/time-axis';
import type { App } from './app';
import { type ChartData, datasetZone, type Line } from './chart-data';
import { drawEndLabels, drawGaps } from './chart-marks';
import { brokenLine, drawBand, drawDense, noLine } from './line-paths';
import { type Palette, paletteNow } from './palette';

/** A grid of steps with the row of each line at each. */
export interface Plotted {
  readonly data: ChartData;
  readonly grid: readonly number[];
  readonly rows: readonly Int32Array[];
}

export interface LineChart {
  readonly plot: uPlot;
  readonly plotted: Plotted;
  /** Moves the window without loading or building anything. */
  setWindow(from: number, to: number): void;
  destroy(): void;
}

/** Room on the right for the names at the lines' ends; a narrow chart has them in its readout only. */
const LABELS = 132;
const NARROW = 620;

/**
 * Draws lines with bands from least to greatest.
 * @param point called with the index into the grid under the cursor, or undefined
 * @param zoom called with the window that was dragged
 */
export function lineChart(
  app: App,
  place: HTMLElement,
  data: ChartData,
  point: (at: number | undefined) => void,
  zoom: (from: number, to: number) => void,
): LineChart {
  const palette = paletteNow();
  const plotted = plottedOf(app, data);
  const parts = data.lines.map((line, at) => partsOf(line, plotted.rows[at]!, palette));
  const window = { ...pick(app.selection()) };
  const narrow = place.clientWidth < NARROW;
  const width = place.clientWidth;
  const bands: { readonly upper: number; readonly fill: string }[] = [];
  const series: uPlot.Series[] = [{}];
  const columns: (number | null)[][] = [middles(plotted, app)];
  for (const { plot, band } of parts) {
    const first = series.length;
    for (const one of plot) {
      series.push(one.series);
      columns.push(one.values);
    }
    if (band !== undefined) bands.push({ upper: first, fill: band });
  }
  const ticks = (min: number, max: number) =>
    timeTicks(min, max, zoneOf(app.selection(), app.summary), width / (narrow ? 62 : 84));
  const axis = {
    stroke: palette.grey,
    grid: { stroke: palette.hairline, width: 1 },
    ticks: { show: false },
    font: FONT,
  };

  const plot = new uPlot(
    {
      width,
      height: place.clientHeight,
      ms: 1,
      padding: [12, narrow ? 22 : LABELS, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [window.from, window.to] },
        y: { range: (_, min, max) => roomAround(min, max) },
      },
      series,
      axes: [
        {
          ...axis,
          gap: 8,
          size: 34,
          grid: { show: false },
          splits: (_, __, min, max) => ticks(min, max).map(({ at }) => at),
          values: (self, splits) => {
            const units = new Map(ticks(self.scales.x!.min!, self.scales.x!.max!).map(({ at, unit }) => [at, unit]));
            return splits.map((at) => app.texts().tick(at, units.get(at) ?? 'hour'));
          },
        },
        {
          ...axis,
          gap: 6,
          size: narrow ? 44 : 56,
          space: 44,
          values: (_, splits) =>
            splits.map((_, at) => valueTick(app, splits, at) + (at === splits.length - 1 ? ` ${data.unit}` : '')),
        },
      ],
      cursor: {
        x: true,
        y: false,
        // Edges of bands have no point.
        points: { size: (self, at) => (self.series[at]!.width === 0 ? 0 : 7), width: 0 },
        drag: { x: true, y: false, setScale: false },
      },
      hooks: {
        setCursor: [(self) => point(self.cursor.left! < 0 ? undefined : (self.cursor.idx ?? undefined))],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 6) return;
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            zoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'));
          },
        ],
        drawClear: [
          (self) => drawGaps(self, plotted, palette, app),
          (self) => {
            for (const { upper, fill } of bands) drawBand(self, upper + 1, upper, fill);
          },
        ],
        drawSeries: [drawDense],
        draw: [(self) => narrow || drawEndLabels(self, plotted, palette, FONT, app.words().outdoor)],
      },
    },
    columns as uPlot.AlignedData,
    place,
  );
  let frame: number | undefined;
  return {
    plot,
    plotted,
    setWindow(from, to) {
      window.from = from;
      window.to = to;
      // A wheel turns more often than the screen is drawn.
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        plot.setScale('x', { min: window.from, max: window.to });
      });
    },
    destroy() {
      if (frame !== undefined) cancelAnimationFrame(frame);
      plot.destroy();
    },
  };
}

const valueTick = (app: App, splits: readonly number[], at: number) =>
  app.texts().valueTick(splits[at]!, (splits[1] ?? 1) - (splits[0] ?? 0) || 1);

const FONT = '12px system-ui, sans-serif';

const pick = ({ from, to }: PageState) => ({ from, to });

function roomAround(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const spread = Math.max(max - min, 0.5);
  return [min - spread * 0.08, max + spread * 0.08];
}

/** The lines laid on one grid, from the first row of any to the last. */
function plottedOf(app: App, data: ChartData): Plotted {
  const starts = data.lines.map(({ rows }) => rows.start).filter(({ length }) => length > 0);
  const first = Math.min(...starts.map((start) => start[0]!));
  const last = Math.max(...starts.map((start) => start.at(-1)!));
  const grid = starts.length === 0 ? [] : gridOf(data.step, first, last + 1, datasetZone(app));
  return { data, grid, rows: data.lines.map(({ rows }) => rowsAt(grid, rows.start)) };
}

/** Where values stand: hours at their start, which is their name; days and weeks in their middle. */
function middles({ grid, data }: Plotted, app: App): number[] {
  if (data.step === 'hour') return [...grid];
  return grid.map((start) => (start + stepEnd(start, data.step, datasetZone(app))) / 2);
}

interface Part {
  readonly series: uPlot.Series;
  readonly values: (number | null)[];
}

/** What uPlot draws for one line: of a chosen one its band, the line, and thinner the line through few readings. */
function partsOf(line: Line, rows: Int32Array, palette: Palette): { plot: Part[]; band?: string } {
  const { value, minimum, maximum } = line.rows;
  const at = (column: Float64Array) =>
    Array.from(rows, (row) => (row < 0 || Number.isNaN(column[row]!) ? null : column[row]!));
  const values = at(value);
  const points = { show: true, size: 4, filter: alone(values) } as uPlot.Series.Points;
  if (line.kind === 'outdoor') {
    return { plot: [{ values, series: { ...drawnIn(palette.grey, 1), alpha: 0.55, points: { show: false } } }] };
  }
  const colour = palette.series[line.colour]!;
  if (line.kind === 'before') {
    return {
      plot: [{ values, series: { ...drawnIn(colour, 1.25), dash: [2, 4], alpha: 0.9, points: { show: false } } }],
    };
  }
  const weak = weakRows(line, rows);
  const touches = (i: number) => weak[i] || weak[i - 1] || weak[i + 1];
  const edge = { width: 0, paths: noLine, points: { show: false } };
  return {
    band: `${colour}26`,
    plot: [
      { values: at(maximum), series: edge },
      { values: at(minimum), series: edge },
      {
        values: values.map((one, i) => (weak[i] ? null : one)),
        series: { ...drawnIn(colour, 1.75), points: { ...points, fill: colour, stroke: colour } },
      },
      {
        values: values.map((one, i) => (touches(i) ? one : null)),
        series: { ...drawnIn(colour, 1), alpha: 0.55, points: { show: false } },
      },
    ],
  };
}

const drawnIn = (colour: string, width: number) => ({ stroke: colour, width, paths: brokenLine });

/** Whether a step has less than half of the readings that it should have; unknown counts are no reason to doubt. */
function weakRows({ rows: { n, expected }, expected: hourly }: Line, rows: Int32Array): boolean[] {
  return Array.from(rows, (row) => {
    if (row < 0) return false;
    const all = Number.isNaN(expected[row]!) ? hourly : expected[row]!;
    return n[row]! < all / 2;
  });
}

/** A value between two gaps is a dot, since no line leads to it. */
const alone = (values: readonly (number | null)[]) => (self: uPlot, _: number, show: boolean) => {
  const found: number[] = [];
  const [first, last] = [self.series[0]!.idxs![0], self.series[0]!.idxs![1]];
  for (let i = first; i <= last; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return show || found.length > 0 ? found : null;
};

/** Which line of the chart a series is. */
export const lineOf = ({ data }: Plotted, id: string) =>
  data.lines.findIndex(({ kind, series }) => kind === 'chosen' && seriesId(series) === id);
