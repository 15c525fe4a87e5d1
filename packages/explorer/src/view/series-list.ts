import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { seriesId } from '../dataset/parquet-file';
import type { SeriesSummary } from '../dataset/summary';
import { MOST_SERIES, type PageState, periodOf, quantityOf } from '../page/link-state';
import { quantityName } from '../page/words';
import type { App } from './app';
import { el } from './element';
import { sparkline } from './sparkline';

/** A series whose newest hour is older than this, seen from the end of the dataset, is silent. */
const SILENT = DAY;

/** The list of places with their newest values, and above it the choice of the quantity. */
export function seriesList(app: App, say: (text: string) => void): HTMLElement {
  const quantities = [...new Set(app.summary.series.map((one) => quantityOf(one, app.summary)))].sort();
  const select = el('select', { class: 'quantity', onchange: () => changeQuantity(app, select.value) });
  const list = el('div', { class: 'places', role: 'listbox', tabindex: '0', 'aria-multiselectable': 'true' });
  const panel = el('aside', { class: 'side' }, el('div', { class: 'pick' }, select), list);
  let options: HTMLElement[] = [];
  let active = 0;

  const toggle = (id: string) => {
    const { series } = app.selection();
    if (series.includes(id)) app.show({ series: series.filter((one) => one !== id) });
    else if (series.length < MOST_SERIES) app.show({ series: [...series, id] });
    else say(app.words().most(MOST_SERIES));
  };
  const activate = (at: number) => {
    options[active]?.classList.remove('active');
    active = Math.max(0, Math.min(options.length - 1, at));
    const option = options[active];
    if (option === undefined) return;
    option.classList.add('active');
    option.scrollIntoView({ block: 'nearest' });
    list.setAttribute('aria-activedescendant', option.id);
  };

  list.addEventListener('keydown', (event) => {
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: options.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) activate(to);
    else if (event.key === ' ' || event.key === 'Enter') toggle(options[active]?.dataset.id ?? '');
    else return;
    event.preventDefault();
  });
  list.addEventListener('click', (event) => {
    const option = (event.target as Element).closest<HTMLElement>('[role=option]');
    if (option === null) return;
    activate(options.indexOf(option));
    toggle(option.dataset.id!);
  });
  list.addEventListener('focus', () => activate(active));
  list.addEventListener('blur', () => options[active]?.classList.remove('active'));

  const fill = (selection: PageState) => {
    const words = app.words();
    select.setAttribute('aria-label', words.quantity);
    list.setAttribute('aria-label', words.series);
    select.replaceChildren(
      ...quantities.map((name) =>
        el('option', { value: name, selected: name === selection.quantity }, quantityName(name, selection.language)),
      ),
    );
    options = [];
    active = 0;
    const grouped = groupedByBuilding(app, selection.quantity);
    const groups = grouped.map(([building, series], at) => {
      const name = el(
        'div',
        { class: 'building', id: `building-${at}`, role: 'presentation' },
        // «Elsewhere» says nothing if there is no building that it could be elsewhere of.
        building ?? (grouped.length === 1 ? words.allPlaces : words.otherPlaces),
      );
      const rows = series.map((one) => {
        const option = placeOption(app, one, `place-${options.length}`);
        options.push(option);
        return option;
      });
      return el('div', { role: 'group', 'aria-labelledby': name.id }, name, ...rows);
    });
    list.replaceChildren(...groups);
    mark(selection);
  };
  const mark = ({ series }: PageState) => {
    for (const option of options) {
      const at = series.indexOf(option.dataset.id!);
      option.setAttribute('aria-selected', String(at >= 0));
      option.dataset.colour = at < 0 ? '' : String(at + 1);
    }
  };

  fill(app.selection());
  app.onShow((selection, before) => {
    const same =
      selection.quantity === before.quantity && selection.language === before.language && selection.utc === before.utc;
    if (same) mark(selection);
    else fill(selection);
  });
  return panel;
}

/** Another quantity of the same places. */
function changeQuantity(app: App, quantity: string): void {
  const places = app.selection().series.map((id) => app.seriesOf(id).location);
  const there = app.summary.series.filter((one) => quantityOf(one, app.summary) === quantity);
  const series = places.flatMap((place) => {
    const one = there.find(({ location }) => location === place);
    return one === undefined ? [] : [seriesId(one)];
  });
  app.show({ quantity, series: [...new Set(series)] });
}

/** Series of a quantity by building, in the order of their names, numbers in them taken as numbers. */
function groupedByBuilding(app: App, quantity: string): [string | null, SeriesSummary[]][] {
  const compare = new Intl.Collator(app.selection().language, { numeric: true }).compare;
  const groups = new Map<string | null, SeriesSummary[]>();
  for (const one of app.summary.series) {
    if (quantityOf(one, app.summary) !== quantity) continue;
    groups.set(one.building, [...(groups.get(one.building) ?? []), one]);
  }
  for (const group of groups.values())
    group.sort((a, b) => compare(a.location, b.location) || compare(a.dataKey, b.dataKey));
  return [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : compare(a, b)));
}

function placeOption(app: App, series: SeriesSummary, id: string): HTMLElement {
  const [words, texts] = [app.words(), app.texts()];
  const { unit } = app.keyOf(series);
  const { latest } = series;
  const age = periodOf(app.summary)[1] - (Date.parse(latest.time) + HOUR);
  const silent = age > SILENT;
  const value = silent ? '–' : texts.value(latest.value, spreadOfDays(series));
  const silence = words.silentFor(words.days(Math.floor(age / DAY)));
  const note = silent ? silence : noteOf(app, series);
  // What the eye sees by the dash and the colour, and the hour of the value.
  const aloud = [...(silent ? [words.noValue] : []), texts.span(Date.parse(latest.time), 'hour')].join(', ');
  return el(
    'div',
    { role: 'option', id, class: silent ? 'place silent' : 'place', 'data-id': seriesId(series) },
    el('span', { class: 'mark', 'aria-hidden': 'true' }),
    el('span', { class: 'name' }, series.location, ...(note === '' ? [] : [el('span', { class: 'note' }, note)])),
    sparkline(series.days),
    el('span', { class: 'now' }, value, el('span', { class: 'unit' }, ` ${unit}`)),
    el('span', { class: 'said' }, aloud),
  );
}

/** What tells this series from others of its place, or how few readings its newest hour has. */
function noteOf(app: App, series: SeriesSummary): string {
  const { latest, intervalSeconds } = series;
  const expected = intervalSeconds === null ? 0 : 3600 / intervalSeconds;
  if (latest.n !== null && latest.n < expected / 2) {
    return app.words().ofReadings(app.texts().count(latest.n), app.texts().count(expected));
  }
  return sharesItsPlace(app, series) ? series.dataKey : '';
}

/** A name that no other series of the quantity has. */
export function seriesName(app: App, series: SeriesSummary): string {
  return sharesItsPlace(app, series) ? `${series.location} ${series.dataKey}` : series.location;
}

function sharesItsPlace(app: App, series: SeriesSummary): boolean {
  const quantity = quantityOf(series, app.summary);
  return app.summary.series.some(
    (one) => one !== series && one.location === series.location && quantityOf(one, app.summary) === quantity,
  );
}

/** How far apart the values of a series are, from which follows how many digits they need. */
export function spreadOfDays({ days }: SeriesSummary): number {
  const there = days.filter((value) => value !== null);
  return there.length < 2 ? 10 : Math.max(...there) - Math.min(...there);
}
