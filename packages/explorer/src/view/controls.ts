import { DAY } from '@sensor-warehouse/model/time/units';
import { isOutdoor, periodOf, presetOf, quantityOf, stepOf, within } from '../page/link-state';
import type { App } from './app';
import { el, setText } from './element';
import { segments, toggleButton } from './segments';

const PRESETS = ['day', 'week', 'month', 'year', 'all'] as const;
const STEPS = ['hour', 'day', 'week'] as const;

/** Period, step, and what is drawn beside the chosen series. */
export function controls(app: App): HTMLElement {
  const period = segments('presets', PRESETS, (name) =>
    app.show({ ...presetOf(name, app.selection(), app.summary), step: undefined }),
  );
  const step = segments('steps', STEPS, (name) => app.show({ step: name }));
  const before = toggleButton(() => app.show({ yearBefore: !app.selection().yearBefore }));
  const outdoor = toggleButton(() => app.show({ outdoor: !app.selection().outdoor }));
  const move = (by: number) => {
    const { from, to } = app.selection();
    app.show(within(app.summary, from + by * (to - from), to + by * (to - from)), 'replace');
  };
  const earlier = el('button', { type: 'button', class: 'arrow', onclick: () => move(-1) }, '‹');
  const later = el('button', { type: 'button', class: 'arrow', onclick: () => move(1) }, '›');
  const bar = el(
    'div',
    { class: 'controls' },
    el('div', { class: 'period' }, earlier, period.element, later),
    step.element,
    el('div', { class: 'beside' }, before, outdoor),
    viewSwitch(app),
  );

  const update = () => {
    const words = app.words();
    const selection = app.selection();
    period.update(words.period, words, presetShown(app));
    step.update(words.step, words, stepOf(selection));
    setText(before, words.yearBefore);
    before.setAttribute('aria-pressed', String(selection.yearBefore));
    before.hidden = selection.view !== 'line';
    setText(outdoor, words.outdoor);
    outdoor.setAttribute('aria-pressed', String(selection.outdoor));
    outdoor.hidden = selection.view !== 'line' || !hasOutdoor(app);
    step.element.hidden = selection.view !== 'line';
    earlier.setAttribute('aria-label', words.earlier);
    later.setAttribute('aria-label', words.later);
    const [first, last] = periodOf(app.summary);
    earlier.disabled = selection.from <= first;
    later.disabled = selection.to >= last;
    bar.classList.toggle('idle', selection.series.length === 0);
  };
  update();
  app.onShow(update);
  return bar;
}

/** The choice between the ways to draw. */
export function viewSwitch(app: App): HTMLElement {
  const view = segments('views', ['line', 'heat', 'calendar'], (name) => app.show({ view: name }));
  const update = () => view.update(app.words().view, app.words(), app.selection().view);
  update();
  app.onShow(update);
  return view.element;
}

/** The preset that gives a window as long as the one shown. */
function presetShown(app: App): (typeof PRESETS)[number] | undefined {
  const { from, to } = app.selection();
  const [first, last] = periodOf(app.summary);
  if (from === first && to === last) return 'all';
  const days = (to - from) / DAY;
  return ({ 1: 'day', 7: 'week', 30: 'month', 365: 'year' } as const)[days];
}

function hasOutdoor(app: App): boolean {
  const { quantity, series } = app.selection();
  const there = app.summary.series.filter((one) => isOutdoor(one) && quantityOf(one, app.summary) === quantity);
  return there.some((one) => !series.map(app.seriesOf).includes(one));
}
