import { periodOf } from '../page/link-state';
import { LANGUAGES } from '../page/words';
import type { App } from './app';
import { el, setText } from './element';
import { zoneText } from './readout';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** Title, extent and the choices that hold for the whole page. */
export function head(app: App, openData: () => void): HTMLElement {
  const facts = el('p', { class: 'facts' });
  const languages = LANGUAGES.map((language) =>
    el('button', { type: 'button', lang: language, onclick: () => app.show({ language }, 'replace') }, language),
  );
  const zone = el('button', { type: 'button', class: 'plain', onclick: () => app.show({ utc: !app.selection().utc }) });
  const theme = el('button', { type: 'button', class: 'plain', onclick: () => applyTheme(nextTheme()) });
  const data = el('button', { type: 'button', class: 'main', onclick: openData });
  const update = () => {
    const [words, texts] = [app.words(), app.texts()];
    const { summary } = app;
    const [from, to] = periodOf(summary);
    const places = new Set(summary.series.map(({ location }) => location)).size;
    setText(
      facts,
      [
        `${texts.date(from)} – ${texts.date(to - 1)}`,
        words.hours(texts.count(summary.hours)),
        words.places(texts.count(places)),
        words.version(summary.version),
      ].join(' · '),
    );
    languages.forEach((button, at) => {
      button.setAttribute('aria-pressed', String(LANGUAGES[at] === app.selection().language));
    });
    setText(zone, zoneText(app));
    zone.setAttribute('aria-label', `${words.switchZone}: ${zoneText(app)}`);
    setText(data, words.data);
    nameTheme();
  };
  const nameTheme = () => {
    const words = app.words();
    const now = themeNow();
    setText(theme, now === 'auto' ? '◐' : now === 'light' ? '○' : '●');
    const name = { auto: words.themeAuto, light: words.themeLight, dark: words.themeDark }[now];
    theme.setAttribute('aria-label', name);
    theme.title = name;
  };
  update();
  app.onShow(update);
  document.addEventListener('theme', nameTheme);
  const tools = el(
    'div',
    { class: 'tools' },
    el('div', { class: 'segments', role: 'group', 'aria-label': 'Language' }, ...languages),
    zone,
    theme,
    data,
  );
  return el('header', { class: 'head' }, el('div', {}, el('h1', {}, app.summary.dataset.title), facts), tools);
}

const themeNow = (): Theme => THEMES.find((one) => one === document.documentElement.dataset.theme) ?? 'auto';
const nextTheme = (): Theme => THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length]!;

/** Sets the theme, keeps it for the next visit on this device, and tells who draws on canvases. */
function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('explorer-theme', theme);
  } catch {
    // A browser that keeps nothing shows its own theme the next time.
  }
  document.dispatchEvent(new Event('theme'));
}

/** The theme of the last visit; and a change of the device's own theme redraws the canvases. */
export function startTheme(): void {
  try {
    const kept = localStorage.getItem('explorer-theme');
    if (kept !== null) document.documentElement.dataset.theme = kept;
  } catch {
    // As above.
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    document.dispatchEvent(new Event('theme')),
  );
}
