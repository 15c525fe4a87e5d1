import { quoted } from '@sensor-warehouse/model/finding';

/** The part of a label before its last `/`. */
export function groupOf(label: string): string {
  return label.slice(0, Math.max(0, label.lastIndexOf('/')));
}

/** The part after it. */
export function leafOf(label: string): string {
  return label.slice(label.lastIndexOf('/') + 1);
}

export function someOf(labels: readonly string[]): string {
  const named = labels.filter((label) => label !== '');
  const shown = named.slice(0, 6).map(quoted).join(', ');
  return named.length > 6 ? `${shown} and ${named.length - 6} more` : shown || 'none';
}
