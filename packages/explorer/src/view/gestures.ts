import { periodOf, within } from '../page/link-state';
import type { App } from './app';

/** What fingers and the wheel act on. */
export interface Surface {
  /** The instant under a horizontal place of the screen. */
  instantAt(clientX: number): number;
  /** CSS pixels from one end of the window to the other. */
  width(): number;
}

/**
 * Zooms by the wheel and by two fingers, and moves the window by one finger. While it lasts, only the picture moves; the
 * link and the rest follow when it is over.
 * @param moved called for every step of a gesture, with the window
 */
export function gestures(
  app: App,
  element: HTMLElement,
  surface: Surface,
  moved: (from: number, to: number) => void,
): void {
  let settle: ReturnType<typeof setTimeout> | undefined;
  let window: { readonly from: number; readonly to: number } | undefined;
  const move = (from: number, to: number) => {
    window = within(app.summary, from, to);
    moved(window.from, window.to);
    clearTimeout(settle);
    settle = setTimeout(end, 180);
  };
  const end = () => {
    clearTimeout(settle);
    if (window !== undefined) app.show(window, 'replace');
    window = undefined;
  };
  const now = () => window ?? app.selection();
  const zoomAt = (instant: number, factor: number) => {
    const { from, to } = now();
    move(instant - (instant - from) * factor, instant + (to - instant) * factor);
  };

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { from, to } = now();
      // Sideways, as a touchpad does it, moves; up and down zooms.
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = (event.deltaX / surface.width()) * (to - from);
        move(from + by, to + by);
      } else zoomAt(surface.instantAt(event.clientX), Math.exp(Math.max(-120, Math.min(120, event.deltaY)) / 300));
    },
    { passive: false },
  );

  const fingers = new Map<number, number>();
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse') fingers.set(event.pointerId, event.clientX);
  });
  element.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const { from, to } = now();
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, event.clientX);
    if (other === undefined) {
      const by = ((before - event.clientX) / surface.width()) * (to - from);
      move(from + by, to + by);
    } else {
      const factor = Math.abs(before - other) / Math.max(1, Math.abs(event.clientX - other));
      zoomAt(surface.instantAt(other), Math.max(0.8, Math.min(1.25, factor)));
    }
  });
  for (const over of ['pointerup', 'pointercancel'] as const) {
    element.addEventListener(over, (event) => {
      if (fingers.delete(event.pointerId) && fingers.size === 0) end();
    });
  }
}

/** Keys of a focused chart. @param step moves the mark by so many values */
export function chartKeys(app: App, event: KeyboardEvent, step: (by: number) => void): void {
  const { from, to } = app.selection();
  const half = (to - from) / 2;
  const window = (start: number, end: number) => app.show(within(app.summary, start, end), 'replace');
  const keys: Record<string, () => void> = {
    ArrowLeft: () => (event.shiftKey ? window(from - half, to - half) : step(-1)),
    ArrowRight: () => (event.shiftKey ? window(from + half, to + half) : step(1)),
    PageUp: () => window(from - 2 * half, to - 2 * half),
    PageDown: () => window(from + 2 * half, to + 2 * half),
    '+': () => window(from + half / 2, to - half / 2),
    '=': () => window(from + half / 2, to - half / 2),
    '-': () => window(from - half, to + half),
    Home: () => window(...periodOf(app.summary)),
  };
  const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}
