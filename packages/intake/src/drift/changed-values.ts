import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { ColumnProfile } from '@sensor-warehouse/model/seeds/contract';
import { distance, profileOf, rangeText, type Samples, spreadOf } from '../cells/distribution';
import { acceptanceOf } from '../header/finding-id';
import { type Conversion, conversionsOf, withoutUnit } from '../header/units';
import type { Problem } from '../report/report';

export interface ComparedColumn {
  readonly label: string;
  readonly before: ColumnProfile;
  readonly now: ColumnProfile;
  /** Whether the memory covers all seasons. */
  readonly hasSeenAYear: boolean;
}

/** A year of days, except for a few weeks without exports. */
export const YEAR = 300;
/** Fewer days than this are one spell of weather. */
const LEAST_DAYS = 7;

/**
 * Whether the numbers of a file look as if a unit had changed, or two columns had changed places. These are only
 * suspicions, raised only if the numbers are outside everything seen before and fit one cause well: weather and seasons
 * must not trigger them. A memory of less than a year has not seen all seasons, so the change must also exceed anything
 * that a column does by itself.
 *
 * @param labels the columns of values, in the order of the samples
 */
export function changedValues(
  labels: readonly string[],
  samples: Samples,
  datasource: Datasource,
): Problem | undefined {
  const columns = labels.flatMap((label, at): ComparedColumn[] => {
    const before = datasource.contract.profiles.get(label);
    const now = before === undefined ? undefined : profileOf(samples.valuesOf(at));
    const days = datasource.contract.days.get(label) ?? 0;
    const hasSeenAYear = days >= YEAR;
    return before === undefined || now === undefined || days < LEAST_DAYS ? [] : [{ label, before, now, hasSeenAYear }];
  });
  return swapped(columns) ?? converted(columns);
}

/** Two columns, each of which looks like the other did, and neither like itself. */
function swapped(columns: readonly ComparedColumn[]): Problem | undefined {
  for (const [i, a] of columns.entries()) {
    for (const b of columns.slice(0, i)) {
      const scale = Math.max(spreadOf(a.before), spreadOf(b.before));
      const crossed = Math.max(distance(a.now, b.before, scale), distance(b.now, a.before, scale));
      const straight = Math.min(distance(a.now, a.before, scale), distance(b.now, b.before, scale));
      if (!(a.hasSeenAYear && b.hasSeenAYear) && !areApart(a.before, b.before) && !areOfOtherKind(a, b)) continue;
      if (crossed > 0.35 || straight < 2 * Math.max(crossed, 0.15)) continue;
      return {
        code: 'swapped-label',
        column: b.label,
        found: `${quoted(b.label)} from ${rangeText(b.now)}, ${quoted(a.label)} from ${rangeText(a.now)}`,
        expected: `${quoted(b.label)} from about ${rangeText(b.before)}, ${quoted(a.label)} from about ${rangeText(a.before)}`,
        message: `the columns ${quoted(b.label)} and ${quoted(a.label)} look as if their names had been swapped`,
        evidence: 'the numbers of each fit those that the other had in accepted exports, and not its own',
        fix: 'compare the export with the device, and export the file again',
        accept: acceptanceOf('swapped-label', b.label, [
          { kind: 'forget', label: b.label },
          { kind: 'forget', label: a.label },
        ]),
      };
    }
  }
  return undefined;
}

function converted(columns: readonly ComparedColumn[]): Problem | undefined {
  const suspects = columns.flatMap((column) => {
    const conversion = conversionOf(column);
    return conversion === undefined ? [] : [{ ...column, conversion }];
  });
  const [first] = suspects;
  if (first === undefined) return undefined;
  const alike = suspects.filter(({ conversion }) => conversion.text === first.conversion.text);
  return {
    code: 'unit-changed',
    column: first.label,
    found: `numbers from ${rangeText(first.now)}`,
    expected: `numbers from about ${rangeText(first.before)}`,
    message: `the numbers look converted (${first.conversion.text})${
      alike.length > 1
        ? `, as do those of ${alike
            .slice(1)
            .map(({ label }) => quoted(label))
            .join(', ')}`
        : ''
    }`,
    evidence: `the accepted values, converted, would range from ${rangeText(convert(first.before, first.conversion))}`,
    fix: 'export the file in the earlier unit; numbers are never converted on suspicion',
    accept: acceptanceOf(
      'unit-changed',
      first.label,
      alike.map(({ label }) => ({ kind: 'forget', label })),
    ),
  };
}

/** The conversion that explains the numbers, if their median is outside everything seen before. */
export function conversionOf({ label, before, now, hasSeenAYear }: ComparedColumn): Conversion | undefined {
  if (now[3]! >= before[0]! && now[3]! <= before[6]!) return undefined;
  const straight = distance(now, before, spreadOf(before));
  let best: { readonly conversion: Conversion; readonly misfit: number } | undefined;
  for (const conversion of conversionsOf(label)) {
    const expected = convert(before, conversion);
    if (!hasSeenAYear && !areApart(before, expected)) continue;
    const misfit = distance(now, expected, spreadOf(expected));
    if (best === undefined || misfit < best.misfit) best = { conversion, misfit };
  }
  return best !== undefined && best.misfit <= 1 && straight >= 3 * Math.max(best.misfit, 0.5)
    ? best.conversion
    : undefined;
}

/** Whether two columns measure different things: no season makes the humidity of one the temperature of the other. */
function areOfOtherKind(a: ComparedColumn, b: ComparedColumn): boolean {
  const [one, other] = [withoutUnit(a.label).unit, withoutUnit(b.label).unit];
  return one !== undefined && other !== undefined && one.dimension !== other.dimension;
}

/** Whether two columns are farther apart than both of their spreads. */
function areApart(one: ColumnProfile, other: ColumnProfile): boolean {
  return Math.abs(one[3]! - other[3]!) > spreadOf(one) + spreadOf(other);
}

function convert(profile: ColumnProfile, { factor, offset }: Conversion): ColumnProfile {
  return profile.map((value) => value * factor + offset);
}
