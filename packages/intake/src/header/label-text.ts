import { quoted } from '@sensor-warehouse/model/findings/finding';

/** The part of a label before its last `/`; the one of a unit such as (m/s) at its end divides nothing. */
export function groupOf(label: string): string {
  return label.slice(0, Math.max(0, lastSlash(label)));
}

/** The part after it. */
export function leafOf(label: string): string {
  return label.slice(lastSlash(label) + 1);
}

function lastSlash(label: string): number {
  const unit = /[([][^()[\]]{1,12}[)\]]\s*$/.exec(label);
  return label.lastIndexOf('/', unit === null ? label.length : Math.max(0, unit.index - 1));
}

export function someOf(labels: readonly string[]): string {
  const named = labels.filter((label) => label !== '');
  const shown = named.slice(0, 6).map(quoted).join(', ');
  return named.length > 6 ? `${shown} and ${named.length - 6} more` : shown || 'none';
}
