import type { Finding } from '@sensor-warehouse/model/findings/finding';

/** A finding about a file of the dbt project: at an error dbt would stop, a warning it would only mention. */
export function modelFinding(told: Omit<Finding, 'severity' | 'count'> & Partial<Pick<Finding, 'severity'>>): Finding {
  return { severity: 'error', count: 1, ...told };
}

/** The line of a place in a text, from 1. */
export const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;
