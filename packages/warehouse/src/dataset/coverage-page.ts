import { inert } from '@sensor-warehouse/model/findings/markdown';
import type { DescribedDataset, SeriesCoverage } from './described-dataset';
import { percent } from './limitations';
import { markdownTable } from './markdown-table';

const MONTHS = Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0'));

/** `COVERAGE.md`: how complete each series is in each month. */
export function coveragePage({ configuration, summary }: DescribedDataset): string {
  const { title } = configuration.dataset;
  const years = [...new Set(summary.coverage.flatMap(({ months }) => months.map(({ month }) => month.slice(0, 4))))];
  return `# Coverage of ${inert(title)}

Good readings, as a percentage of those that a whole month has at the interval of the series: n / n\\_expected, as in
agg\\_daily, rounded down. Months follow the clock of ${configuration.localZone}. The month in which a series begins counts as a
whole month, and so does the newest. Empty: before the first reading. Hours of an earlier pipeline are not counted.
${years
  .toSorted()
  .reverse()
  .map((year) => `\n## ${year}\n${yearTable(year, summary.coverage)}\n`)
  .join('')}${years.length === 0 ? '\nNo series has a reading.\n' : ''}`;
}

function yearTable(year: string, coverage: readonly SeriesCoverage[]): string {
  const rows = coverage.flatMap(({ location, source, dataKey, months }) => {
    const known = new Map(months.map((one) => [one.month, one]));
    if (!MONTHS.some((month) => known.has(`${year}-${month}`))) return [];
    const cells = MONTHS.map((month) => {
      const one = known.get(`${year}-${month}`);
      return one === undefined ? '' : percent(one.n, one.expected).replace(' %', '');
    });
    return [[inert(location), inert(dataKey), inert(source), ...cells]];
  });
  return markdownTable(['location', 'data\\_key', 'source', ...MONTHS], rows);
}
