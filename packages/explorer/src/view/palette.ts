/** Colours as the stylesheet gives them for the present theme; canvases cannot read them by themselves. */
export interface Palette {
  readonly ink: string;
  readonly grey: string;
  readonly hairline: string;
  readonly paper: string;
  readonly accent: string;
  /** Those of the chosen series, in the order of choice. */
  readonly series: readonly string[];
}

export function paletteNow(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    grey: colour('grey'),
    hairline: colour('hairline'),
    paper: colour('paper'),
    accent: colour('accent'),
    series: [1, 2, 3, 4, 5, 6].map((nr) => colour(`series-${nr}`)),
  };
}

/** viridis, at eleven places. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
] as const;

/** A colour for a share from 0 to 1, as red, green and blue. Equal steps of the share look like equal steps. */
export function viridis(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(VIRIDIS[low]![channel] + (at - low) * (VIRIDIS[low + 1]![channel] - VIRIDIS[low]![channel]));
  return [mix(0), mix(1), mix(2)];
}

export const rgb = ([red, green, blue]: readonly [number, number, number]) => `rgb(${red} ${green} ${blue})`;

/** A canvas of so many CSS pixels, sharp on every screen, and what to draw on it with. */
export function sharpCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  return context;
}
