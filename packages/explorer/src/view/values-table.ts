import { rowsIn } from '../page/steps';
import type { App } from './app';
import { type ChartData, datasetZone } from './chart-data';
import { el } from './element';
import { readingsText } from './readout';
import { spreadOfDays } from './series-list';

/** Rows that a page can show at once; the CSV has all. */
const MOST_ROWS = 400;

/** The values of the window as a table, made when it is opened. */
export function valuesTable(app: App): { element: HTMLElement; update(data: ChartData | undefined): void } {
  const summary = el('summary');
  const place = el('div', { class: 'table', tabindex: '0', role: 'region' });
  const element = el('details', { class: 'values' }, summary, place);
  let data: ChartData | undefined;
  const fill = () => {
    if (element.open && data !== undefined) place.replaceChildren(...tableOf(app, data));
  };
  element.addEventListener('toggle', fill);
  return {
    element,
    update(next) {
      data = next;
      summary.textContent = app.words().table;
      place.setAttribute('aria-label', app.words().table);
      element.hidden = next === undefined;
      fill();
    },
  };
}

function tableOf(app: App, { lines, step, unit }: ChartData): HTMLElement[] {
  const [words, texts] = [app.words(), app.texts()];
  const { from, to } = app.selection();
  const chosen = lines.filter(({ kind }) => kind === 'chosen');
  const all = chosen.flatMap((line) => {
    const [first, end] = rowsIn(line.rows, step, from, to, datasetZone(app));
    return Array.from({ length: end - first }, (_, at) => ({ line, row: first + at }));
  });
  const rows = all.slice(0, MOST_ROWS).map(({ line, row }) => {
    const spread = spreadOfDays(line.series);
    const number = (value: number) => (Number.isNaN(value) ? '–' : texts.value(value, spread));
    const counted = !Number.isNaN(line.rows.n[row]!);
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, texts.span(line.rows.start[row]!, step)),
      el('td', {}, line.name),
      el('td', { class: 'number' }, number(line.rows.value[row]!)),
      el('td', { class: 'number' }, number(line.rows.minimum[row]!)),
      el('td', { class: 'number' }, number(line.rows.maximum[row]!)),
      el('td', { class: 'number' }, counted ? readingsText(app, line, row) : '–'),
    );
  });
  const heads = [
    words.time,
    words.place,
    `${words.value} (${unit})`,
    words.minimum,
    words.maximum,
    words.readingsColumn,
  ];
  const head = heads.map((text, at) => el('th', { scope: 'col', class: at > 1 ? 'number' : '' }, text));
  const table = el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows));
  const shown =
    all.length > MOST_ROWS
      ? [el('p', { class: 'note' }, words.tableOf(texts.count(MOST_ROWS), texts.count(all.length)))]
      : [];
  return [...shown, table];
}
