import type uPlot from 'uplot';

/*
 * uPlot's own lines and bands are one path each, clipped at the gaps. A browser that draws without a graphics card takes more
 * than a frame for them where a year of hours is in the window: for the clips, and for the corners of wide lines. Here a line
 * ends at a gap, and where several values share a column of points, the column is filled from the least to the greatest.
 */

type Cells = ArrayLike<number | null | undefined>;

/** The values of one column of points: the first one's place, and in points of the canvas what they reach. */
interface Column {
  readonly x: number;
  readonly first: number;
  readonly top: number;
  readonly bottom: number;
  readonly last: number;
}

/** Places of a chart's scales, in points of the canvas. */
function scalesOf({ scales: { x, y }, bbox }: uPlot) {
  const [wide, tall] = [bbox.width / (x!.max! - x!.min!), bbox.height / (y!.max! - y!.min!)];
  return {
    xOf: (time: number) => bbox.left + (time - x!.min!) * wide,
    yOf: (value: number) => bbox.top + bbox.height - (value - y!.min!) * tall,
  };
}

/** Columns of neighbouring values, a list for each stretch without a gap. @param low of each value, which may be the same as `high` */
function columnsOf(plot: uPlot, low: Cells, high: Cells, from: number, to: number): Column[][] {
  const { xOf, yOf } = scalesOf(plot);
  const times = plot.data[0]!;
  const runs: Column[][] = [];
  let run: Column[] | undefined;
  let [x, column, first, top, bottom, last] = [0, Number.NaN, 0, 0, 0, 0];
  const end = () => {
    if (!Number.isNaN(column)) run?.push({ x, first, top, bottom, last });
    column = Number.NaN;
  };
  for (let i = from; i <= to; i++) {
    const [least, greatest] = [low[i], high[i]];
    if (least === null || least === undefined || greatest === null || greatest === undefined) {
      end();
      run = undefined;
      continue;
    }
    if (run === undefined) {
      run = [];
      runs.push(run);
    }
    const here = xOf(times[i]!);
    const [up, down] = [yOf(greatest), yOf(least)];
    if (Math.round(here) !== column) {
      end();
      [x, column, first, top, bottom] = [here, Math.round(here), down, up, down];
    } else {
      if (up < top) top = up;
      if (down > bottom) bottom = down;
    }
    last = down;
  }
  end();
  return runs;
}

/** Whether there are so many values that each column of points has one. */
const isDense = (plot: uPlot, from: number, to: number) => to - from > plot.bbox.width;

/** A line that ends at each gap; nothing where `drawDense` draws it. */
export const brokenLine: uPlot.Series.PathBuilder = (plot, at, from, to) => {
  if (isDense(plot, from, to)) return null;
  const path = new Path2D();
  for (const run of columnsOf(plot, plot.data[at]!, plot.data[at]!, from, to)) {
    run.forEach(({ x, first, top, bottom, last }, i) => {
      if (i === 0) path.moveTo(x, first);
      else path.lineTo(x, first);
      if (top === bottom) return;
      path.lineTo(x, top);
      path.lineTo(x, bottom);
      path.lineTo(x, last);
    });
  }
  return { stroke: path };
};

/** Nothing: the values only count for the scale. */
export const noLine: uPlot.Series.PathBuilder = () => null;

/** Draws a line of many values by columns of points. */
export function drawDense(plot: uPlot, at: number): void {
  const { width, alpha, dash, paths, stroke } = plot.series[at]!;
  const [from, to] = windowOf(plot);
  if (paths !== brokenLine || !isDense(plot, from, to)) return;
  const half = (width! * devicePixelRatio) / 2;
  inPlot(plot, alpha ?? 1, String(typeof stroke === 'function' ? stroke(plot, at) : stroke), (ctx) => {
    for (const run of columnsOf(plot, plot.data[at]!, plot.data[at]!, from, to)) {
      run.forEach(({ x, top, bottom }, i) => {
        const column = Math.round(x);
        // What is dashed leaves out columns.
        if (dash !== undefined && column % 5 > 1) return;
        // Up to where the column before ended, so that a steep line is not torn.
        const before = run[i - 1]?.last ?? top;
        const upper = Math.min(top, before) - half;
        ctx.fillRect(column, upper, 1, Math.max(bottom, before) + half - upper);
      });
    }
  });
}

/** Fills the band between two series of a chart. */
export function drawBand(plot: uPlot, lower: number, upper: number, fill: string): void {
  const [from, to] = windowOf(plot);
  const runs = columnsOf(plot, plot.data[lower]!, plot.data[upper]!, from, to);
  inPlot(plot, 1, fill, (ctx) => {
    if (isDense(plot, from, to)) {
      for (const { x, top, bottom } of runs.flat()) ctx.fillRect(Math.round(x), top, 1, bottom - top);
      return;
    }
    for (const run of runs) {
      ctx.beginPath();
      for (const { x, top } of run) ctx.lineTo(x, top);
      for (let i = run.length - 1; i >= 0; i--) ctx.lineTo(run[i]!.x, run[i]!.bottom);
      ctx.fill();
    }
  });
}

/** Places of the first and the last value in the window, and one beside each. */
function windowOf({ series, data }: uPlot): readonly [from: number, to: number] {
  const [first, last] = series[0]!.idxs!;
  return [Math.max(0, first - 1), Math.min(data[0]!.length - 1, last + 1)];
}

function inPlot({ ctx, bbox }: uPlot, alpha: number, fill: string, draw: (ctx: CanvasRenderingContext2D) => void) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = alpha;
  ctx.fillStyle = fill;
  draw(ctx);
  ctx.restore();
}
