import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { monthOf } from '@sensor-warehouse/model/time/month';
import { HOUR } from '@sensor-warehouse/model/time/units';
import type { LegacyHours } from '../dataset/legacy-hours';
import { keyOf } from '../tables/hour-series';
import type { Hours } from '../tables/hours';
import type { KeySegment } from '../tables/read-facts';

/** What of the imported hours is published. hours = rows of the segments + computed + implausible + excluded. */
export interface PublishableHours {
  readonly hours: number;
  readonly parts: readonly LegacyHours[];
  /** Hours of a time that we computed from readings ourselves. */
  readonly computed: number;
  readonly implausible: number;
  readonly excluded: number;
}

/**
 * The imported hours that may stand beside ours. In a UTC month, from the first to the last hour that we computed of a
 * series, only ours count: an hour that is missing there was flagged or never measured, and an old value must not fill
 * it. Before and after, old hours stand: else the first export of a series would take the history of its month away.
 */
export function publishableHours(
  legacy: readonly LegacyHours[],
  computed: readonly Hours[],
  configuration: Configuration,
): PublishableHours {
  const spans = spansOf(computed);
  let hours = 0;
  const left = { computed: 0, implausible: 0, excluded: 0 };
  const parts = legacy.map((part): LegacyHours => {
    hours += part.hour.length;
    const segments: KeySegment[] = [];
    for (const segment of part.segments) {
      const faultOf = faultFinder(segment, configuration);
      const span = spans.get(spanKey(segment, part.hour[segment.start]!));
      let first = segment.start;
      const close = (end: number, next: number) => {
        if (end > first) segments.push({ ...segment, start: first, end });
        first = next;
      };
      for (let row = segment.start; row < segment.end; row++) {
        const hour = part.hour[row]!;
        // Our hours stand between these two rows: the table is ordered by whole segments.
        if (span !== undefined && hour > span.last && row > first && part.hour[row - 1]! < span.first) close(row, row);
        const ours = span !== undefined && hour >= span.first && hour <= span.last;
        const fault = ours ? 'computed' : faultOf(hour, part.value[row]!);
        if (fault === undefined) continue;
        left[fault]++;
        close(row, row + 1);
      }
      close(segment.end, segment.end);
    }
    return { ...part, segments };
  });
  return { hours, parts, ...left };
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** First and last computed hour of each series in each month. */
function spansOf(computed: readonly Hours[]): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const { hour, segments } of computed) {
    for (const segment of segments) {
      const first = hour[segment.start]!;
      const last = hour[segment.end - 1]!;
      const key = spanKey(segment, first);
      const known = spans.get(key);
      spans.set(key, { first: Math.min(known?.first ?? first, first), last: Math.max(known?.last ?? last, last) });
    }
  }
  return spans;
}

function spanKey(segment: KeySegment, instant: number): string {
  return `${monthOf(instant)} ${keyOf(segment)}`;
}

/** The rules by which a reading is flagged, for the value of a whole hour. */
function faultFinder(
  { location, source, dataKey, measurement }: KeySegment,
  { dataKeys, datasources, disabled, exclusions }: Configuration,
): (hour: number, value: number) => 'implausible' | 'excluded' | undefined {
  const range = measurement === 'nonadditive' ? dataKeys.get(dataKey) : undefined;
  const own = new Set([...datasources, ...disabled].filter(({ name }) => name === source).map(({ id }) => id));
  const known = exclusions.filter(
    (one) => own.has(one.datasource) && one.location === location && one.dataKey === dataKey,
  );
  return (hour, value) => {
    if (range !== undefined && (value < range.minimum || value > range.maximum)) return 'implausible';
    return known.some(({ from, to }) => hour < to && hour + HOUR > from) ? 'excluded' : undefined;
  };
}
