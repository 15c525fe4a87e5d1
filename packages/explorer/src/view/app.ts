import type { FilesList } from '../dataset/files-list';
import { seriesId } from '../dataset/parquet-file';
import type { SeriesReader } from '../dataset/series-rows';
import type { DataKeySummary, ExplorerSummary, SeriesSummary } from '../dataset/summary';
import { linkOf, type PageState, selectionOf } from '../page/link-state';
import { type Texts, textsFor } from '../page/texts';
import { WORDS, type Words } from '../page/words';

/** What every part of the page works with. */
export interface App {
  readonly summary: ExplorerSummary;
  readonly seriesOf: (id: string) => SeriesSummary;
  readonly keyOf: (series: SeriesSummary) => DataKeySummary;
  /** Resolves when `files.json` is read; rejects with a DataProblem. */
  readonly data: () => Promise<{ readonly list: FilesList; readonly reader: SeriesReader }>;
  selection(): PageState;
  words(): Words;
  texts(): Texts;
  /**
   * Shows something else. `push` makes a step that the browser's back button undoes, `replace` makes none, and `silent`
   * leaves the link for now, while something is being dragged.
   */
  show(change: Partial<PageState>, history?: 'push' | 'replace' | 'silent'): void;
  /** Calls back after each change, with what was shown before. */
  onShow(callback: (selection: PageState, before: PageState) => void): void;
}

export function startApp(summary: ExplorerSummary, usual: PageState, data: App['data']): App {
  let selection = selectionOf(location.hash, summary, usual);
  const callbacks: ((selection: PageState, before: PageState) => void)[] = [];
  const series = new Map(summary.series.map((one) => [seriesId(one), one]));
  const dataKeys = new Map(summary.dataKeys.map((one) => [one.dataKey, one]));
  let texts: { readonly of: string; readonly texts: Texts } | undefined;

  const become = (next: PageState) => {
    const before = selection;
    selection = next;
    document.documentElement.lang = next.language;
    for (const callback of callbacks) callback(next, before);
  };
  addEventListener('popstate', () => become(selectionOf(location.hash, summary, usual)));
  document.documentElement.lang = selection.language;

  return {
    summary,
    data,
    seriesOf: (id) => series.get(id)!,
    keyOf: ({ dataKey }) => dataKeys.get(dataKey) ?? { dataKey, quantity: dataKey, unit: '', description: '' },
    selection: () => selection,
    words: () => WORDS[selection.language],
    texts: () => {
      const zone = selection.utc ? 'UTC' : summary.dataset.timezone;
      const of = `${selection.language} ${zone}`;
      if (texts?.of !== of) texts = { of, texts: textsFor(selection.language, zone) };
      return texts.texts;
    },
    show(change, how = 'push') {
      const next = { ...selection, ...change };
      const link = `#${linkOf(next)}`;
      if (how === 'replace' || (how === 'push' && link === location.hash)) history.replaceState(null, '', link);
      else if (how === 'push') history.pushState(null, '', link);
      become(next);
    },
    onShow: (callback) => callbacks.push(callback),
  };
}
