import type { Finding } from '@sensor-warehouse/model/findings/finding';

/** What the text of a file of the dbt project lacks: dbt would stop at an error, and only mention a warning. */
export function modelFinding(told: Omit<Finding, 'severity' | 'count'> & Partial<Pick<Finding, 'severity'>>): Finding {
  return { severity: 'error', count: 1, ...told };
}

/** The line of a place in a text, from 1. */
export const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;
