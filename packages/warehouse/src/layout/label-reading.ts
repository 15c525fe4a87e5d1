import { HOUR } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';

/** What the time of an hourly row in an old file means. */
export interface LabelReading {
  /** Whether the label is the instant at which the hour ends, or at which it starts. */
  readonly label: 'end' | 'start';
  /** The zone whose clock the label shows, whatever the file says. */
  readonly zone: string;
}

/** Why the time of a row stands for no hour. */
export type LabelFault = 'cut-window' | 'spring-gap' | 'doubled-hour';

/**
 * The UTC hour that a label stands for.
 * @param label the label's clock time, in milliseconds as if it were UTC
 * @returns start of the hour, or why there is none: the label is not on the hour (a window that was cut); the clock
 *   never showed that hour; or the clock showed it twice, and the old pipeline made one row of both
 */
export function hourOfLabel(label: number, reading: LabelReading, zone: Zone): number | LabelFault {
  const wall = reading.label === 'end' ? label - HOUR : label;
  if (wall % HOUR !== 0) return 'cut-window';
  const start = instantOf(wall, zone);
  return typeof start === 'number' && start % HOUR !== 0 ? 'cut-window' : start;
}

/** The UTC hour in which a reading was taken, by the clock of `zone`. */
export function hourOfReading(wall: number, zone: Zone): number | LabelFault {
  const instant = instantOf(wall, zone);
  return typeof instant === 'number' ? Math.floor(instant / HOUR) * HOUR : instant;
}

function instantOf(wall: number, zone: Zone): number | LabelFault {
  const { kind, first } = zone.resolve(wall);
  if (kind === 'gap') return 'spring-gap';
  return kind === 'ambiguous' ? 'doubled-hour' : first;
}
