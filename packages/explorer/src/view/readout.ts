import { quantityOf } from '../page/link-state';
import { rowsIn } from '../page/steps';
import type { App } from './app';
import { datasetZone, type Line } from './chart-data';
import { el, setText } from './element';
import type { Plotted } from './line-chart';
import { spreadOfDays } from './series-list';

/** What the chart says in words: when, and of each line the value, its range, and of how many readings it is. */
export interface Readout {
  readonly element: HTMLElement;
  /** @param at index into the grid; undefined: each line's last value in the window */
  show(plotted: Plotted | undefined, at: number | undefined): void;
  /** Instead: one sentence. */
  tell(text: string): void;
}

export function readout(app: App): Readout {
  const when = el('p', { class: 'when' });
  const lines = el('div', { class: 'lines' });
  const element = el('div', { class: 'readout', 'aria-hidden': 'true' }, when, lines);
  return {
    element,
    tell(text) {
      element.classList.add('short');
      setText(when, text);
      lines.replaceChildren();
    },
    show(plotted, at) {
      element.classList.remove('short');
      const texts = app.texts();
      if (plotted === undefined || plotted.data.lines.length === 0) {
        when.textContent = '';
        lines.replaceChildren();
        return;
      }
      const { data, grid } = plotted;
      const rows = plotted.data.lines.map((line, i) =>
        at === undefined ? lastRow(line, plotted, app) : plotted.rows[i]![at]!,
      );
      const newest = Math.max(
        ...data.lines.map((line, i) =>
          line.kind === 'chosen' && rows[i]! >= 0 ? line.rows.start[rows[i]!]! : -Infinity,
        ),
      );
      const start = at === undefined ? newest : grid[at]!;
      when.textContent = Number.isFinite(start) ? `${texts.span(start, data.step)} · ${zoneText(app)}` : '';
      const ordered = data.lines.map((line, i) => ({ line, row: rows[i]! }));
      ordered.sort((a, b) => rank(a.line) - rank(b.line));
      lines.classList.toggle('solo', data.lines.filter(({ kind }) => kind === 'chosen').length === 1);
      lines.replaceChildren(...ordered.map(({ line, row }) => lineText(app, line, row)));
    },
  };
}

const rank = ({ kind }: Line) => ['chosen', 'before', 'outdoor'].indexOf(kind);

/** The zone of the times that are shown, by the name of its city. */
export function zoneText(app: App): string {
  if (app.selection().utc) return 'UTC';
  return app.words().zoneTime(app.summary.dataset.timezone.split('/').at(-1)!.replaceAll('_', ' '));
}

function lastRow(line: Line, { data }: Plotted, app: App): number {
  const { from, to } = app.selection();
  const [first, end] = rowsIn(line.rows, data.step, from, to, datasetZone(app));
  return end > first ? end - 1 : -1;
}

function lineText(app: App, line: Line, row: number): HTMLElement {
  const { unit } = app.keyOf(line.series);
  const value = row < 0 ? '–' : app.texts().value(line.rows.value[row]!, spreadOfDays(line.series));
  return el(
    'div',
    { class: `line ${line.kind}`, 'data-colour': line.colour < 0 ? '' : String(line.colour + 1) },
    el('span', { class: 'mark' }),
    el('span', { class: 'name' }, line.name),
    el('span', { class: 'value' }, value, el('span', { class: 'unit' }, row < 0 ? '' : ` ${unit}`)),
    el('span', { class: 'made' }, row < 0 ? app.words().noData : madeOf(app, line, row)),
  );
}

/** The range of a value, and the readings that made it. */
export function madeOf(app: App, line: Line, row: number): string {
  const { minimum, maximum, n } = line.rows;
  const [words, texts] = [app.words(), app.texts()];
  if (Number.isNaN(n[row]!)) return words.unknownCount;
  // One reading is its own least and greatest.
  if (n[row] === 1 && minimum[row] === maximum[row]) return readingsText(app, line, row);
  const spread = spreadOfDays(line.series);
  const range = `${texts.value(minimum[row]!, spread)}–${texts.value(maximum[row]!, spread)}`;
  return `${range} · ${readingsText(app, line, row)}`;
}

export function readingsText(app: App, line: Line, row: number): string {
  const { n, expected } = line.rows;
  const [words, texts] = [app.words(), app.texts()];
  const all = Number.isNaN(expected[row]!) ? line.expected : expected[row]!;
  if (!Number.isNaN(all) && n[row]! < all) return words.ofReadings(texts.count(n[row]!), texts.count(all));
  return n[row] === 1 ? words.oneReading : words.readings(texts.count(n[row]!));
}

/** One value as a sentence for a screen reader. */
export function spoken(app: App, plotted: Plotted, at: number): string {
  const { data, grid, rows } = plotted;
  const said = data.lines.flatMap((line, i) => {
    if (line.kind !== 'chosen') return [];
    const row = rows[i]![at]!;
    if (row < 0) return [`${line.name}, ${app.words().noData}`];
    const value = `${app.texts().value(line.rows.value[row]!, spreadOfDays(line.series))} ${app.keyOf(line.series).unit}`;
    const made = Number.isNaN(line.rows.n[row]!) ? app.words().unknownCount : readingsText(app, line, row);
    return [`${line.name}, ${value}, ${made}`];
  });
  return `${app.texts().span(grid[at]!, data.step)}: ${said.join('; ')}`;
}

/** What the chosen series measure, in the dataset's own words. */
export function measuredText(app: App): string {
  const { series, quantity } = app.selection();
  const keys = series.map((id) => app.keyOf(app.seriesOf(id)));
  const texts = [...new Set(keys.map(({ description, unit }) => `${description} (${unit})`))];
  return texts.length > 0
    ? texts.join('; ')
    : (app.summary.series.find((one) => quantityOf(one, app.summary) === quantity)?.dataKey ?? '');
}
