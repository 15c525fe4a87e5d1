import 'uplot/dist/uPlot.min.css';
import './look.css';
import { byteRanges, fetchText } from '../dataset/byte-ranges';
import { type FilesList, parseFilesList } from '../dataset/files-list';
import { rowReader, type SeriesReader } from '../dataset/series-rows';
import type { ExplorerSummary } from '../dataset/summary';
import { firstSelection } from '../page/link-state';
import { startApp } from './app';
import { dataPanel } from './data-panel';
import { el } from './element';
import { head, startTheme } from './head';
import { seriesList } from './series-list';
import { stage } from './stage';

const summary: ExplorerSummary = JSON.parse(document.getElementById('summary')!.textContent!);
const page = document.getElementById('page')!;
const language = navigator.language.startsWith('cs') ? 'cs' : 'en';
const wide = matchMedia('(min-width: 800px)').matches;

startTheme();
const app = startApp(summary, firstSelection(summary, language, wide), data());
const live = el('p', { class: 'said', 'aria-live': 'polite', role: 'status' });
const say = (text: string) => {
  live.textContent = text;
};
const shown = stage(app, say);
const panel = dataPanel(app, shown.data);
page.replaceChildren(
  head(app, panel.open),
  el('div', { class: 'body' }, seriesList(app, say), shown.element),
  panel.element,
  live,
);
// Asked for at once, while the first screen is drawn from the summary; what comes of it is said where it is needed.
void app.data().catch(() => undefined);

/** Reads `files.json` once, and again after a failure. */
function data(): () => Promise<{ list: FilesList; reader: SeriesReader }> {
  let known: Promise<{ list: FilesList; reader: SeriesReader }> | undefined;
  return () => {
    known ??= fetchText('files.json').then((text) => {
      const list = parseFilesList(text);
      return { list, reader: rowReader(list, ({ name, bytes }) => byteRanges(encodeURIComponent(name), bytes)) };
    });
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}
