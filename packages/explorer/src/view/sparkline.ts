import { svg } from './element';

const WIDTH = 68;
const HEIGHT = 24;

/** A line without axes through days; a missing day breaks it. */
export function sparkline(days: readonly (number | null)[]): SVGElement {
  const there = days.filter((value) => value !== null);
  const low = Math.min(...there);
  const spread = Math.max(...there) - low || 1;
  const x = (at: number) => (2 + (at * (WIDTH - 4)) / Math.max(1, days.length - 1)).toFixed(1);
  const y = (value: number) => (HEIGHT - 3 - ((value - low) * (HEIGHT - 6)) / spread).toFixed(1);
  let path = '';
  const dots: SVGElement[] = [];
  days.forEach((value, at) => {
    if (value === null) return;
    const joins = at > 0 && days[at - 1] !== null;
    path += `${joins ? 'L' : 'M'}${x(at)} ${y(value)}`;
    const alone = !joins && (days[at + 1] ?? null) === null;
    if (alone) dots.push(svg('circle', { cx: x(at), cy: y(value), r: 1.5 }));
  });
  const end = days.at(-1) ?? null;
  if (end !== null) dots.push(svg('circle', { cx: x(days.length - 1), cy: y(end), r: 2, class: 'now' }));
  const base = svg('path', { d: `M2 ${HEIGHT - 0.5}H${WIDTH - 2}`, class: 'base' });
  const line = svg('path', { d: path, class: 'trend' });
  const attributes = {
    class: 'spark',
    width: WIDTH,
    height: HEIGHT,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    'aria-hidden': 'true',
  };
  return svg('svg', attributes, base, line, ...dots);
}
