import type { DescribedDataset, MonthCoverage, SeriesCoverage } from './described-dataset';

/** A way to misuse the dataset, as plain text. */
export interface Limitation {
  /** Stable, for machines. */
  readonly name: string;
  readonly description: string;
}

/** Below this share of its readings a series is named. */
const LOW = 0.9;
const MOST_NAMED = 10;

/** Limitations of every dataset, and those that this data and these seeds add; the most serious first. */
export function limitations(described: DescribedDataset): Limitation[] {
  return [
    ...heldSources(described),
    ...legacyHours(described),
    ...lowCoverage(described),
    ...exclusions(described),
    {
      name: 'missing-hours',
      description: 'An hour without a good reading has no row: count hours before you add or average them.',
    },
    {
      name: 'few-readings',
      description:
        'An hour with one reading looks like any other: n says how many readings it has, coverage in agg_daily and agg_weekly how complete a day or week is.',
    },
    {
      name: 'additive',
      description:
        'Where measurement is additive, data_value is a sum: add it up, and never average it over missing hours.',
    },
    ...clockChange(described),
    ...terms(described),
  ];
}

function heldSources({ held }: DescribedDataset): Limitation[] {
  if (held.length === 0) return [];
  return [
    {
      name: 'held-sources',
      description: `The newest readings of ${held.join(', ')} wait for a decision by the people who run this warehouse, so they may be missing at the end.`,
    },
  ];
}

function legacyHours({ summary: { legacy, rows } }: DescribedDataset): Limitation[] {
  if (legacy === undefined) return [];
  const { hours, period } = legacy;
  return [
    {
      name: 'legacy-hours',
      description: `${hours} of ${rows} hours (${percent(hours, rows)}), within ${period.from} to ${period.to}, were computed by an earlier pipeline: origin is legacy, n, minimum and maximum are null, wrong readings may be in them, and no daily or weekly table holds them.`,
    },
  ];
}

/** Actual and expected readings of a series in its whole months: the first and the last are seldom whole. */
function coverageOf({ months }: Pick<SeriesCoverage, 'months'>): Pick<MonthCoverage, 'n' | 'expected'> {
  const whole = months.length > 2 ? months.slice(1, -1) : months;
  const sum = (of: (month: MonthCoverage) => number) => whole.reduce((total, month) => total + of(month), 0);
  return { n: sum(({ n }) => n), expected: sum(({ expected }) => expected) };
}

function lowCoverage({ summary }: DescribedDataset): Limitation[] {
  const low = summary.coverage
    .map((series) => ({ ...series, ...coverageOf(series) }))
    .filter(({ n, expected }) => n < LOW * expected)
    .sort((a, b) => a.n / a.expected - b.n / b.expected);
  if (low.length === 0) return [];
  const named = low
    .slice(0, MOST_NAMED)
    .map(
      ({ location, source, dataKey, n, expected }) => `${location} ${dataKey} of ${source} (${percent(n, expected)})`,
    );
  const more = low.length > named.length ? `, and ${low.length - named.length} more` : '';
  return [
    {
      name: 'low-coverage',
      description: `${low.length} of ${summary.coverage.length} series have less than ${percent(LOW * 10, 10)} of the readings that they should have: ${named.join(', ')}${more}. COVERAGE.md has each month.`,
    },
  ];
}

function exclusions({ configuration }: DescribedDataset): Limitation[] {
  const count = configuration.exclusions.length;
  if (count === 0) return [];
  return [
    {
      name: 'exclusions',
      description: `Readings of ${count} ${count === 1 ? 'period' : 'periods'} were wrong and are not included in any hour; CHANGELOG.md lists them.`,
    },
  ];
}

function clockChange({ configuration: { localZone } }: DescribedDataset): Limitation[] {
  const zone = new Intl.DateTimeFormat('en', { timeZone: localZone, timeZoneName: 'longOffset' });
  const offset = (month: number) =>
    zone.formatToParts(Date.UTC(2024, month, 1)).find(({ type }) => type === 'timeZoneName')?.value;
  const always = 'time is the start of a UTC hour; days and weeks follow the clock of ';
  if (offset(0) === offset(6)) return [{ name: 'local-days', description: `${always}${localZone}.` }];
  return [
    {
      name: 'local-days',
      description: `${always}${localZone}, where the day of a clock change is an hour shorter or longer (see dim_date), and so is a sum over that day.`,
    },
  ];
}

function terms({ sources }: DescribedDataset): Limitation[] {
  const others = sources.filter(({ licence, terms: theirs }) => licence !== undefined || theirs !== undefined);
  if (others.length === 0) return [];
  const named = others.map(
    ({ source, licence, terms: theirs }) => `${source} (${[licence, theirs].filter(Boolean).join('; ')})`,
  );
  return [{ name: 'terms', description: `Other terms apply to the readings of these sources: ${named.join(', ')}.` }];
}

/** Rounds down, so that an incomplete share is never 100 %. */
export function percent(part: number, whole: number): string {
  return `${Math.min(100, Math.floor((part * 100) / whole))} %`;
}
