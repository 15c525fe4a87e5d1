import { printable } from '@sensor-warehouse/model/findings/finding';
import { HOUR } from '@sensor-warehouse/model/time/units';
import {
  type Compared,
  type Comparison,
  shiftedHours,
  unexplainedHours,
} from '@sensor-warehouse/warehouse/moving-in/compare-datasets';
import type { GridTable } from '@sensor-warehouse/warehouse/moving-in/hour-grid';
import { joinLines } from './print';
import { tableLines } from './table';

export interface Side {
  readonly path: string;
  readonly table: GridTable;
}

const MOST_ROWS = 40;

const sum = (groups: readonly Comparison[], of: (one: Comparison) => number) =>
  groups.reduce((total, one) => total + of(one), 0);

/** The output of `--json`: all groups, with every differing hour, as ranges or one by one. */
export function comparisonJson(old: Side, now: Side, { rule, groups }: Compared): object {
  const side = ({ path, table: { grids, ...counts } }: Side) => ({ path, ...counts, series: grids.size });
  return {
    old: side(old),
    new: side(now),
    rule: rule === undefined ? null : { words: rule.rule.words, comparable: rule.comparable, equal: rule.equal },
    same: groups.every(isSame),
    unexplained: sum(groups, unexplainedHours),
    unjudged: sum(groups, (one) => one.unjudged),
    groups: groups.map(({ shifted, different, missing, extra, ...group }) => ({
      ...group,
      shifted: Object.fromEntries([...shifted].sort(([a], [b]) => a - b)),
      different: different.map(({ hour, ...values }) => ({ hour: hourText(hour), ...values })),
      missing: rangesOf(missing),
      extra: rangesOf(extra),
    })),
  };
}

export function isSame(group: Comparison): boolean {
  return shiftedHours(group) + group.different.length + group.missing.length + group.extra.length === 0;
}

/** Whether a rule was found and explains every hour, of which there are some. */
export function isExplained({ rule, groups }: Compared): boolean {
  return rule !== undefined && sum(groups, unexplainedHours) === 0;
}

/** A summary, a line a month, and the groups that the rule leaves unexplained; never longer than a few screens. */
export function comparisonText(old: Side, now: Side, compared: Compared): string {
  const { rule, groups } = compared;
  const side = (name: string, { path, table }: Side) =>
    `${name} ${printable(path)}: ${table.hours} hours of ${table.grids.size} series; ${table.offHour} rows off the hour, ${table.repeated} repeated, ${table.unreadable} unreadable`;
  const lines = [side('old', old), side('new', now), ''];
  lines.push(
    rule === undefined
      ? 'no single rule explains the old labels'
      : `${rule.rule.words} (explains ${rule.equal} of the ${rule.comparable} hours that both have)`,
  );
  lines.push('');
  const months = [...new Set(groups.map(({ month }) => month))];
  const monthRows = months.map((month) =>
    cellsOf(
      [month],
      groups.filter((one) => one.month === month),
    ),
  );
  const total = cellsOf(['all'], groups);
  lines.push(...tableLines([['month', ...COUNTS], ...bounded(monthRows, ['…']), total], 1));
  lines.push('', ...verdict(compared));
  const odd = groups.filter((one) => unexplainedHours(one) > 0).sort((a, b) => weight(b) - weight(a));
  if (odd.length === 0) return joinLines(lines);
  const rows = odd.map((one) => [
    ...cellsOf([one.month, printable(one.location), printable(one.dataKey)], [one]),
    firstOdd(one),
  ]);
  lines.push(
    '',
    ...tableLines([['month', 'location', 'data_key', ...COUNTS, 'first'], ...rows.slice(0, MOST_ROWS)], 3),
  );
  if (rows.length > MOST_ROWS) lines.push(`… and ${rows.length - MOST_ROWS} more; --json lists all, with their hours`);
  return joinLines(lines);
}

function verdict(compared: Compared): string[] {
  const { groups } = compared;
  if (groups.length === 0) return ['neither dataset has an hour here: nothing was compared'];
  if (groups.every(isSame)) return ['the two datasets are the same'];
  const unjudged = sum(groups, (one) => one.unjudged);
  return [
    isExplained(compared)
      ? 'the rule explains every hour; with --accept-rule, the exit code is 0'
      : `${sum(groups, unexplainedHours)} hours are unexplained`,
    ...(unjudged === 0 ? [] : [`${unjudged} hours cannot be judged: the clock shows their old label twice`]),
  ];
}

const COUNTS = ['same', 'shifted', 'different', 'missing', 'extra'];

/** A value that differs says more than an hour that one side never had. */
function weight(one: Comparison): number {
  return one.different.length * 1e6 + (one.byRule ? 0 : 1e5) + one.extra.length * 10 + one.missing.length / 1e3;
}

function cellsOf(head: readonly string[], groups: readonly Comparison[]): string[] {
  const shifts = new Map<number, number>();
  for (const { shifted } of groups) for (const [by, hours] of shifted) shifts.set(by, (shifts.get(by) ?? 0) + hours);
  const shifted = [...shifts]
    .sort(([a], [b]) => a - b)
    .map(([by, hours]) => `${hours} by ${by > 0 ? '+' : ''}${by} h`)
    .join(', ');
  return [
    ...head,
    String(sum(groups, (one) => one.same)),
    shifted === '' ? '0' : shifted,
    String(sum(groups, (one) => one.different.length)),
    String(sum(groups, (one) => one.missing.length)),
    String(sum(groups, (one) => one.extra.length)),
  ];
}

function firstOdd({ different, missing, extra }: Comparison): string {
  const first = Math.min(different[0]?.hour ?? Infinity, missing[0] ?? Infinity, extra[0] ?? Infinity);
  return Number.isFinite(first) ? hourText(first) : '';
}

function bounded(rows: readonly string[][], cut: readonly string[]): string[][] {
  return rows.length <= MOST_ROWS ? [...rows] : [...rows.slice(0, MOST_ROWS - 1), [...cut]];
}

/** Hours that follow each other, as `from`, `to` (the last one) and how many. */
function rangesOf(hours: readonly number[]): { from: string; to: string; hours: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && hour === last.to + HOUR) last.to = hour;
    else ranges.push({ from: hour, to: hour });
  }
  return ranges.map(({ from, to }) => ({ from: hourText(from), to: hourText(to), hours: (to - from) / HOUR + 1 }));
}

function hourText(hour: number): string {
  return `${new Date(hour).toISOString().slice(0, 13)}:00Z`;
}
