import { DAY } from '@sensor-warehouse/model/time/units';
import { periodOf, within } from '../page/link-state';
import type { App } from './app';
import { el, setText } from './element';
import { paletteNow, sharpCanvas } from './palette';

const HEIGHT = 32;

/** The whole period with the coverage of the chosen series by month, and the window in it, which can be dragged. */
export function overview(
  app: App,
  moved: (from: number, to: number) => void,
): { element: HTMLElement; setWindow(from: number, to: number): void } {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const frame = el('div', { class: 'frame' });
  const label = el('span', { class: 'label', 'aria-hidden': 'true' });
  const element = el(
    'div',
    { class: 'overview', role: 'slider', tabindex: '0', 'aria-orientation': 'horizontal' },
    canvas,
    frame,
    label,
  );
  const [first, last] = periodOf(app.summary);
  const share = (instant: number) => (instant - first) / (last - first);

  const setWindow = (from: number, to: number) => {
    frame.style.left = `${100 * share(from)}%`;
    frame.style.width = `${Math.max(0.4, 100 * (share(to) - share(from)))}%`;
  };
  const draw = () => {
    const width = element.clientWidth;
    if (width === 0) return;
    const palette = paletteNow();
    const context = sharpCanvas(canvas, width, HEIGHT);
    const months = coverageOf(app);
    const start = new Date(first);
    months.forEach((covered, at) => {
      const from = Math.max(first, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + at, 1));
      const to = Math.min(last, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + at + 1, 1));
      const left = share(from) * width;
      const right = share(to) * width;
      context.fillStyle = palette.hairline;
      context.fillRect(left, HEIGHT - 3, Math.max(0.5, right - left - 1), 1);
      context.fillStyle = palette.grey;
      context.globalAlpha = 0.3;
      context.fillRect(
        left,
        HEIGHT - 3 - covered * (HEIGHT - 8),
        Math.max(0.5, right - left - 1),
        covered * (HEIGHT - 8),
      );
      context.globalAlpha = 1;
    });
  };
  const update = () => {
    const { from, to } = app.selection();
    element.setAttribute('aria-label', app.words().window);
    setText(label, app.words().coverageOf);
    element.setAttribute('aria-valuemin', String(Math.round(first / DAY)));
    element.setAttribute('aria-valuemax', String(Math.round(last / DAY)));
    element.setAttribute('aria-valuenow', String(Math.round((from + to) / 2 / DAY)));
    element.setAttribute('aria-valuetext', `${app.texts().date(from)} – ${app.texts().date(to - 1)}`);
    setWindow(from, to);
  };

  let grip: { readonly x: number; readonly from: number; readonly to: number } | undefined;
  let window: { readonly from: number; readonly to: number } | undefined;
  element.addEventListener('pointerdown', (event) => {
    const { from, to } = app.selection();
    const box = element.getBoundingClientRect();
    const instant = first + ((event.clientX - box.left) / box.width) * (last - first);
    const inside = instant >= from && instant <= to;
    const half = (to - from) / 2;
    grip = { x: event.clientX, from: inside ? from : instant - half, to: inside ? to : instant + half };
    element.setPointerCapture(event.pointerId);
    if (!inside) drag(event.clientX);
  });
  const drag = (x: number) => {
    if (grip === undefined) return;
    const by = ((x - grip.x) / element.clientWidth) * (last - first);
    window = within(app.summary, grip.from + by, grip.to + by);
    setWindow(window.from, window.to);
    moved(window.from, window.to);
  };
  element.addEventListener('pointermove', (event) => drag(event.clientX));
  element.addEventListener('pointerup', () => {
    grip = undefined;
    if (window !== undefined) app.show(window);
    window = undefined;
  });
  element.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -0.5, ArrowRight: 0.5, PageUp: -1, PageDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const { from, to } = app.selection();
    app.show(within(app.summary, from + by * (to - from), to + by * (to - from)), 'replace');
  });

  new ResizeObserver(draw).observe(element);
  app.onShow((selection, before) => {
    update();
    if (selection.series !== before.series) draw();
  });
  document.addEventListener('theme', draw);
  update();
  return { element, setWindow };
}

/** For each month from 0 to 1: the mean coverage of the chosen series, of all if none is chosen. */
function coverageOf(app: App): number[] {
  const { series } = app.selection();
  const shown = series.length === 0 ? app.summary.series : series.map(app.seriesOf);
  const length = Math.max(0, ...shown.map(({ coverage }) => coverage.length));
  const digit = (sign: string | undefined) => (sign === undefined || sign === '-' ? 0 : (Number(sign) + 1) / 10);
  return Array.from(
    { length },
    (_, at) => shown.reduce((sum, { coverage }) => sum + digit(coverage[at]), 0) / Math.max(1, shown.length),
  );
}
