import { DataProblem } from '../dataset/data-problem';
import type { App } from './app';
import { el } from './element';

/** What stands where the chart would be. */
export function notice(
  title: string,
  text: string,
  action?: { readonly name: string; readonly act: () => void },
): HTMLElement {
  return el(
    'div',
    { class: 'notice' },
    el('p', { class: 'title' }, title),
    el('p', {}, text),
    ...(action === undefined
      ? []
      : [el('button', { type: 'button', class: 'main', onclick: action.act }, action.name)]),
  );
}

/** A problem with the data, and what to do about it. */
export function problemNotice(app: App, error: unknown, retry: () => void): HTMLElement {
  const words = app.words();
  const again = { name: words.retry, act: retry };
  const reload = { name: words.reload, act: () => location.reload() };
  const kind = error instanceof DataProblem ? error.kind : 'form';
  if (!(error instanceof DataProblem)) reportError(error);
  if (location.protocol === 'file:') return notice(words.networkTitle, words.fileText);
  if (kind === 'network') return notice(words.networkTitle, words.networkText, again);
  if (kind === 'absent') return notice(words.absentTitle, words.absentText, again);
  if (kind === 'changed') return notice(words.changedTitle, words.changedText, reload);
  return notice(words.formTitle, words.formText, reload);
}
