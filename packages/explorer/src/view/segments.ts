import { el, setText } from './element';

export interface Segments<T extends string> {
  readonly element: HTMLElement;
  update(name: string, texts: Readonly<Record<T, string>>, chosen: T | undefined): void;
}

/** A row of buttons of which at most one is pressed. @param name a class for the stylesheet */
export function segments<T extends string>(
  name: string,
  values: readonly T[],
  choose: (value: T) => void,
): Segments<T> {
  const buttons = new Map(
    values.map((value) => [value, el('button', { type: 'button', 'data-value': value, onclick: () => choose(value) })]),
  );
  const element = el('div', { class: `segments ${name}`, role: 'group' }, ...buttons.values());
  return {
    element,
    update(name, texts, chosen) {
      element.setAttribute('aria-label', name);
      for (const [value, button] of buttons) {
        setText(button, texts[value]);
        button.setAttribute('aria-pressed', String(value === chosen));
      }
    },
  };
}

/** A button that stays pressed. */
export function toggleButton(press: () => void): HTMLButtonElement {
  return el('button', { type: 'button', class: 'toggle', onclick: press });
}
