import { inert, tableOf } from '@sensor-warehouse/model/findings/markdown';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { DiffGroup, RowCounts } from './table-diff';
import type { VersionDiff } from './version-diff';

/** File in the run's work folder with the changes of a release; `release.md` is the same for people. */
export const RELEASE_DIFF = 'release.json';

/** Rows shown per table of the text; the rest are counted. */
const SHOWN = 20;

/**
 * The changes as Markdown: a sentence, then tables by table, month, location and data_key, and the largest changes.
 * @param level of its headings
 */
export function diffMarkdown(diff: VersionDiff, level = 1): string {
  const section = (title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    [
      `${'#'.repeat(level + 1)} ${title}`,
      '',
      ...tableOf(
        head,
        rows.map((cells) => cells.map(String)),
      ),
    ].join('\n');
  const { from, to, tables, hours } = diff;
  const sections = [`${'#'.repeat(level)} ${inert(from || 'nothing')} → ${inert(to)}`, inert(sentence(diff))];
  const differ = tables.filter((one) => one.added + one.removed + one.changed > 0);
  if (differ.length > 0)
    sections.push(
      section(
        'Tables',
        ['table', 'rows before', 'rows after', 'added', 'removed', 'changed'],
        differ.map((one) => [one.table, one.before, one.after, ...countsOf(one)]),
      ),
    );
  for (const [title, part] of [
    ['Months', 'month'],
    ['Locations', 'location'],
    ['Data keys', 'dataKey'],
  ] as const) {
    const rows = sumsBy(hours?.groups ?? [], part);
    if (rows.length === 0) continue;
    const cells = rows.slice(0, SHOWN).map(([name, counts]) => [name, ...countsOf(counts)]);
    sections.push(section(title, [title.toLowerCase().replace(/s$/, ''), 'added', 'removed', 'changed'], cells));
    if (rows.length > SHOWN) sections.push(`… and ${rows.length - SHOWN} more.`);
  }
  if (hours !== undefined && hours.largest.length > 0)
    sections.push(
      section(
        'Largest changes',
        ['time (UTC)', 'location', 'source', 'data_key', 'before', 'after'],
        hours.largest.map(({ key, before, after }) => [
          ...['time', 'location', 'source', 'data_key'].map((name) => key[name] ?? ''),
          numberText(before),
          numberText(after),
        ]),
      ),
    );
  return `${sections.join('\n\n')}\n`;
}

/** The changes in one or two sentences of plain text. */
export function sentence({ hours, tables, tablesAdded, tablesRemoved, locationsGone }: VersionDiff): string {
  const says: string[] = [];
  if (hours === undefined) says.push('There is no version before to compare with.');
  else if (hours.added + hours.removed + hours.changed === 0) says.push('No hour differs.');
  else
    says.push(
      `Of ${hours.before} hours ${hours.changed} changed and ${hours.removed} were removed; ${hours.added} are new.`,
    );
  const months = hours?.monthsGone ?? [];
  if (months.length > 0) says.push(`Months without any hour now: ${months.join(', ')}.`);
  if (locationsGone.length > 0) says.push(`Locations that are gone: ${locationsGone.join(', ')}.`);
  if (tablesAdded.length > 0) says.push(`New tables: ${tablesAdded.join(', ')}.`);
  if (tablesRemoved.length > 0) says.push(`Tables that are gone: ${tablesRemoved.join(', ')}.`);
  for (const { table, columnsAdded, columnsRemoved } of tables) {
    if (columnsAdded.length > 0) says.push(`New columns of ${table}: ${columnsAdded.join(', ')}.`);
    if (columnsRemoved.length > 0) says.push(`Columns of ${table} that are gone: ${columnsRemoved.join(', ')}.`);
  }
  return says.join(' ');
}

const countsOf = ({ added, removed, changed }: RowCounts) => [added, removed, changed];

/** Sums over the groups that share a month, a location or a data_key. */
export function sumsBy(groups: readonly DiffGroup[], part: 'month' | 'location' | 'dataKey'): [string, RowCounts][] {
  const sums = new Map<string, { added: number; removed: number; changed: number }>();
  for (const group of groups) {
    const sum = sums.get(group[part]) ?? { added: 0, removed: 0, changed: 0 };
    sum.added += group.added;
    sum.removed += group.removed;
    sum.changed += group.changed;
    sums.set(group[part], sum);
  }
  return [...sums].sort(([a], [b]) => compareText(a, b));
}
