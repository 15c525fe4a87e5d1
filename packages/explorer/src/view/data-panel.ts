import { csvOf } from '../page/csv';
import { sizeText } from '../page/explorer-page';
import { duckdbQuery, pandasQuery, type Wanted } from '../page/query-texts';
import { rowsIn } from '../page/steps';
import type { App } from './app';
import { type ChartData, datasetZone } from './chart-data';
import { el } from './element';
import { measuredText } from './readout';

/** How to take the data along: the selection as CSV, a query that gives the same rows, and the files. */
export function dataPanel(
  app: App,
  current: () => ChartData | undefined,
): { element: HTMLDialogElement; open(): void } {
  const element = el('dialog', { class: 'panel', 'aria-labelledby': 'panel-title' });
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  return {
    element,
    open() {
      const data = current();
      const words = app.words();
      element.replaceChildren(
        el(
          'div',
          { class: 'panel-head' },
          el('h2', { id: 'panel-title' }, words.data),
          el(
            'button',
            { type: 'button', class: 'plain', 'aria-label': words.close, onclick: () => element.close() },
            '×',
          ),
        ),
        el(
          'div',
          { class: 'panel-body' },
          ...(data === undefined || data.lines.length === 0 ? [] : selectionParts(app, data)),
          ...datasetParts(app),
        ),
      );
      element.showModal();
      if (data !== undefined && data.lines.length > 0) addQueries(app, data, element);
    },
  };
}

function selectionParts(app: App, data: ChartData): HTMLElement[] {
  const words = app.words();
  const { from, to } = app.selection();
  const chosen = data.lines.filter(({ kind }) => kind === 'chosen');
  const rows = chosen.reduce((sum, line) => {
    const [first, end] = rowsIn(line.rows, data.step, from, to, datasetZone(app));
    return sum + end - first;
  }, 0);
  return [
    el('p', { class: 'meaning' }, `${words.meaning}: ${measuredText(app)}`),
    el(
      'p',
      { class: 'download' },
      el('button', { type: 'button', class: 'main', onclick: () => download(app, data) }, words.csv),
      el('span', { class: 'note' }, words.csvText(app.texts().count(rows))),
    ),
    el('h3', {}, words.query),
    el('div', { class: 'queries' }),
  ];
}

/** The queries name the files, which only `files.json` knows. */
function addQueries(app: App, data: ChartData, panel: HTMLElement): void {
  const place = panel.querySelector('.queries')!;
  const base = new URL('.', location.href.split('#')[0]).href;
  void app.data().then(({ list }) => {
    const wanted = wantedOf(app, data);
    place.replaceChildren(
      codeBlock(app, 'DuckDB', duckdbQuery(wanted, list, base)),
      codeBlock(app, 'pandas', pandasQuery(wanted, list, base)),
    );
  });
}

function wantedOf(app: App, { lines, step }: ChartData): Wanted {
  const { from, to } = app.selection();
  return { keys: lines.filter(({ kind }) => kind === 'chosen').map(({ series }) => series), step, from, to };
}

function codeBlock(app: App, name: string, code: string): HTMLElement {
  const words = app.words();
  const copy = el('button', { type: 'button', 'aria-label': `${words.copy}: ${name}` }, words.copy);
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code);
    copy.textContent = words.copied;
    setTimeout(() => (copy.textContent = words.copy), 2000);
  });
  return el(
    'figure',
    { class: 'code' },
    el('figcaption', {}, name, copy),
    el('pre', { tabindex: '0', 'aria-label': name }, el('code', {}, code)),
  );
}

function datasetParts(app: App): HTMLElement[] {
  const { dataset, files } = app.summary;
  const words = app.words();
  return [
    el('h3', {}, words.files),
    el(
      'ul',
      { class: 'files' },
      ...files.map(({ name, bytes }) =>
        el(
          'li',
          {},
          el('a', { href: encodeURIComponent(name), download: true }, name),
          el('span', { class: 'note' }, sizeText(bytes)),
        ),
      ),
    ),
    el('p', { class: 'note' }, `${words.licence}: ${dataset.license}`),
    el('p', { class: 'note' }, `${words.cite}: ${dataset.citation}, ${words.version(app.summary.version)}`),
  ];
}

function download(app: App, data: ChartData): void {
  const { from, to, language } = app.selection();
  const chosen = data.lines
    .filter(({ kind }) => kind === 'chosen')
    .map(({ series, rows }) => ({ key: series, unit: app.keyOf(series).unit, rows }));
  const csv = csvOf(chosen, data.step, [from, to], datasetZone(app), language);
  // Excel takes a file without this mark for one in the machine's old encoding.
  const address = URL.createObjectURL(new Blob(['\ufeff', csv], { type: 'text/csv' }));
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);
  const name = `${app.summary.dataset.name}_${day(from)}_${day(to - 1)}_${data.step}.csv`.replace(/[^\w.-]/g, '_');
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
