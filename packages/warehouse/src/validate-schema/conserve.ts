import type { FileCounts } from '@sensor-warehouse/intake/report/report';
import type { Law } from '../run/law';

/** Every line landed or is in the quarantine. */
export function everyLine({ lines, landed, quarantined }: FileCounts): Law {
  const equation = `lines ${lines} = landed ${landed} + quarantined ${quarantined}`;
  return { equation, left: lines, right: landed + quarantined };
}

/**
 * Every cell of the accepted uploads is a reading, empty, ignored (its column, quantity or sensor), or in the
 * quarantine with its row. Readings are counted in the landing, the others where cells are read.
 */
export function everyCell({ cells, readings, empty, ignored, cellsQuarantined }: FileCounts): Law {
  const equation = `cells ${cells} = readings ${readings} + empty ${empty} + ignored ${ignored} + quarantined ${cellsQuarantined}`;
  return { equation, left: cells, right: readings + empty + ignored + cellsQuarantined };
}
