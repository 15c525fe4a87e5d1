import { HOUR } from '@sensor-warehouse/model/time/units';
import { type PageState, within } from '../page/link-state';
import type { App } from './app';
import { calendar } from './calendar';
import { type ChartData, hasRows, loadChartData, needOf } from './chart-data';
import { controls, viewSwitch } from './controls';
import { el } from './element';
import { chartKeys, gestures } from './gestures';
import { heatMap } from './heat-map';
import { type LineChart, lineChart } from './line-chart';
import { notice, problemNotice } from './notices';
import { overview } from './overview';
import { readout, spoken, zoneText } from './readout';
import { valuesTable } from './values-table';

/** The part of the page with the chart, and all that steers it. */
export function stage(app: App, say: (text: string) => void): { element: HTMLElement; data(): ChartData | undefined } {
  const said = readout(app);
  const chart = el('div', { class: 'chart', tabindex: '0', role: 'group' });
  const frame = el('div', { class: 'canvas' }, chart);
  const cover = el('div', { class: 'cover' });
  frame.append(cover);
  const table = valuesTable(app);
  let loaded: { readonly need: string; readonly data: ChartData } | undefined;
  let drawn: LineChart | undefined;
  let asked = '';
  let mark: number | undefined;

  const setWindow = (from: number, to: number) => {
    drawn?.setWindow(from, to);
    strip.setWindow(from, to);
  };
  const strip = overview(app, setWindow);
  const top = el('div', { class: 'top' }, said.element, viewSwitch(app));
  const element = el('main', { class: 'stage' }, top, frame, strip.element, controls(app), table.element);

  const draw = () => {
    const selection = app.selection();
    drawn?.destroy();
    drawn = undefined;
    mark = undefined;
    chart.replaceChildren();
    chart.className = `chart as-${selection.view}`;
    table.update(loaded?.data);
    if (loaded === undefined) return;
    const { data } = loaded;
    if (selection.view === 'line') {
      const point = (at: number | undefined) => {
        mark = at;
        said.show(drawn?.plotted, at);
      };
      const zoom = (from: number, to: number) => app.show(within(app.summary, from, to));
      drawn = lineChart(app, chart, data, point, zoom);
      said.show(drawn.plotted, undefined);
    } else {
      said.tell(helpOf(selection.view));
      const tell = (text: string, aloud: boolean) => {
        said.tell(text === '' ? helpOf(selection.view) : text);
        if (aloud) say(text);
      };
      (selection.view === 'heat' ? heatMap : calendar)(app, chart, data, tell);
    }
    coverOf(selection);
    // For measurements: bench/explorer.ts.
    performance.mark('drawn');
  };

  const helpOf = (view: PageState['view']) =>
    view === 'heat' ? `${app.words().heatHelp} · ${zoneText(app)}` : app.words().calendarHelp;

  const coverOf = (selection: PageState, problem?: HTMLElement) => {
    const words = app.words();
    if (problem !== undefined) cover.replaceChildren(problem);
    else if (selection.series.length === 0) cover.replaceChildren(notice(words.emptyTitle, words.emptyText));
    else if (loaded !== undefined && loaded.need === needOf(selection, app) && !hasRows(loaded.data, selection, app)) {
      cover.replaceChildren(gapNotice(app, selection));
    } else cover.replaceChildren();
    cover.hidden = cover.childElementCount === 0;
  };

  const load = () => {
    const selection = app.selection();
    const need = needOf(selection, app);
    element.classList.toggle('open', selection.series.length > 0);
    document.body.classList.toggle('chosen', selection.series.length > 0);
    chart.setAttribute('aria-label', `${app.words().chart}. ${app.words().chartHelp}`);
    if (selection.series.length === 0) {
      loaded = undefined;
      asked = '';
      said.show(undefined, undefined);
      draw();
      return coverOf(selection);
    }
    if (loaded?.need === need) return draw();
    if (asked === need) return;
    asked = need;
    element.classList.add('loading');
    loadChartData(app)
      .then((data) => {
        if (asked !== need) return;
        loaded = { need, data };
        draw();
      })
      .catch((error) => {
        if (asked !== need) return;
        asked = '';
        loaded = undefined;
        draw();
        coverOf(app.selection(), problemNotice(app, error, load));
      })
      .finally(() => {
        if (asked === need || asked === '') element.classList.remove('loading');
        if (asked === need) asked = '';
      });
  };

  chart.addEventListener('keydown', (event) => {
    if (event.target !== chart) return;
    chartKeys(app, event, (by) => {
      if (drawn === undefined) return;
      const { plot, plotted } = drawn;
      const [first, last] = plot.series[0]!.idxs!;
      mark = Math.max(first, Math.min(last, mark === undefined ? last : mark + by));
      const left = plot.valToPos(plot.data[0]![mark]!, 'x');
      plot.setCursor({ left, top: plot.over.clientHeight / 2 });
      say(spoken(app, plotted, mark));
    });
  });
  gestures(
    app,
    chart,
    {
      instantAt: (clientX) => {
        const { from, to } = app.selection();
        const box = (drawn?.plot.over ?? chart).getBoundingClientRect();
        return drawn?.plot.posToVal(clientX - box.left, 'x') ?? from + ((clientX - box.left) / box.width) * (to - from);
      },
      width: () => (drawn?.plot.over ?? chart).clientWidth,
    },
    setWindow,
  );
  let size = '';
  new ResizeObserver(() => {
    const now = app.selection().view === 'line' ? `${chart.clientWidth} ${chart.clientHeight}` : `${chart.clientWidth}`;
    if (now === size) return;
    size = now;
    if (loaded !== undefined) draw();
  }).observe(chart);
  document.addEventListener('theme', draw);

  app.onShow((selection, before) => {
    const onlyWindow = sameButWindow(selection, before) && loaded?.need === needOf(selection, app);
    if (!onlyWindow || selection.view !== 'line') return load();
    setWindow(selection.from, selection.to);
    said.show(drawn?.plotted, undefined);
    table.update(loaded?.data);
    coverOf(selection);
  });
  table.update(undefined);
  queueMicrotask(load);
  return { element, data: () => loaded?.data };
}

const sameButWindow = (one: PageState, other: PageState) =>
  JSON.stringify({ ...one, from: 0, to: 0 }) === JSON.stringify({ ...other, from: 0, to: 0 });

/** Nothing in the window: says when there was something, and leads there. */
function gapNotice(app: App, { series, from, to }: PageState): HTMLElement {
  const words = app.words();
  const newest = Math.max(...series.map((id) => Date.parse(app.seriesOf(id).latest.time)));
  const go = () => app.show(within(app.summary, newest + HOUR - (to - from), newest + HOUR));
  return notice(words.gapTitle, words.gapText(app.texts().date(newest)), { name: words.gapGo, act: go });
}
