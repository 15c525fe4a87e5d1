import { quoted } from '@sensor-warehouse/model/findings/finding';
import { fixedZoneName, openZone } from '@sensor-warehouse/model/time/zone';

/** An offset after UTC or GMT. GMT alone is what Britain may call its clock in summer, too. */
const OFFSET = /(?:^|[^A-Za-z])(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?([0-5]\d))?(?!\d)/i;
const UTC = /(?:^|[^A-Za-z])UTC(?![A-Za-z])/i;
const NAMED = /[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z_-]+){1,2}/g;
/** In January and July: clocks that change have another offset in one of them. */
const SEASONS = [Date.UTC(2024, 0, 15), Date.UTC(2024, 6, 15)];

/** The time zone that the label of a time says, such as `Date Time, GMT+02:00`; undefined if it says none. */
export function zoneOfLabel(label: string): string | undefined {
  const [, sign, hours, minutes] = OFFSET.exec(label) ?? [];
  if (hours !== undefined)
    return fixedZoneName((sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000);
  if (UTC.test(label)) return 'UTC';
  return label.match(NAMED)?.find(isZone);
}

/**
 * Why a zone cannot be that of times under such labels; undefined if it can. The clock of an offset may be that of a zone for half
 * of the year: so a logger was set on the day on which it was started.
 */
export function zoneMistake(timezone: string, labels: readonly string[]): string | undefined {
  for (const label of labels) {
    const said = zoneOfLabel(label);
    if (said === undefined) continue;
    const [own, others] = [offsetsOf(timezone), offsetsOf(said)];
    const fits = OFFSET.test(label) ? own.includes(others[0]!) : own.join() === others.join();
    if (!fits)
      return `--timezone ${timezone}: the label ${quoted(label)} of the time says ${said}; give --timezone ${said} (and change the field timezone in the seed if it is the label that is wrong)`;
  }
  return undefined;
}

export function isZone(name: string): boolean {
  try {
    openZone(name);
    return true;
  } catch {
    return false;
  }
}

function offsetsOf(timezone: string): number[] {
  const { offsetAt } = openZone(timezone);
  return SEASONS.map(offsetAt);
}
