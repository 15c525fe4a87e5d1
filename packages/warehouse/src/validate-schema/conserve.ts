import type { FileCounts } from '@sensor-warehouse/intake/report/report';
import { requireConservation } from '../run/run-record';

/**
 * Every line landed or is in the quarantine.
 * @returns the equation
 * @throws Failure (bug) otherwise
 */
export function requireEveryLine({ lines, landed, quarantined }: FileCounts): string {
  const equation = `lines ${lines} = landed ${landed} + quarantined ${quarantined}`;
  requireConservation('validate-schema', equation, lines, landed + quarantined);
  return equation;
}

/**
 * Every cell of the accepted uploads became a reading, was empty, is of a column, quantity or sensor that is ignored, or is
 * in the quarantine with its row. Readings are counted in the landing, the others where cells are read.
 * @throws Failure (bug) otherwise
 */
export function requireEveryCell({ cells, readings, empty, ignored, cellsQuarantined }: FileCounts): void {
  const equation = `cells ${cells} = readings ${readings} + empty ${empty} + ignored ${ignored} + quarantined ${cellsQuarantined}`;
  requireConservation('validate-schema', equation, cells, readings + empty + ignored + cellsQuarantined);
}
