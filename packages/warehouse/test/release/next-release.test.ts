import { EMPTY_POINTER, type Pointer } from '@sensor-warehouse/warehouse/layout/pointer';
import { type MadeVersion, nextHistory, type ReleaseReasons } from '@sensor-warehouse/warehouse/release/next-release';
import { releaseSections } from '@sensor-warehouse/warehouse/release/release-text';
import type { NamedTableDiff, VersionDiff } from '@sensor-warehouse/warehouse/release/version-diff';
import { describe, expect, it } from 'vitest';

const HOSTILE = '](https://e.example) <b>@anna</b>\n## 2031.01.1';
const SEEDS = { datasources: [], exclusions: [], publicNames: new Map() };
const NIGHT: ReleaseReasons = { cause: 'night', months: [] };

const hoursOf = (changes: Partial<NamedTableDiff> = {}): NamedTableDiff => ({
  ...{ table: 'fact_hourly', before: 10, after: 10, same: 10, added: 0, removed: 0, changed: 0 },
  ...{ legacy: { removed: 0, changed: 0 }, groups: [], largest: [], monthsGone: [] },
  ...{ columnsAdded: [], columnsRemoved: [] },
  ...changes,
});

const diffOf = (hours: NamedTableDiff | undefined, changes: Partial<VersionDiff> = {}): VersionDiff => ({
  ...{ from: '', to: '', tablesAdded: [], tablesRemoved: [], locationsGone: [] },
  tables: hours === undefined ? [] : [hours],
  hours,
  ...changes,
});

const madeAs = (generation: number): MadeVersion => ({
  version: `2024.11.${generation}`,
  hours: 10,
  period: undefined,
  sources: ['Atrea'],
});

/** The pointer after a version, as a night would write it. */
function published(before: Pointer, diff: VersionDiff, reasons = NIGHT): Pointer {
  const generation = before.generation + 1;
  const releases = nextHistory(before, madeAs(generation), diff, SEEDS, reasons);
  return { ...before, generation, public: { version: `2024.11.${generation}-00000000`, files: [] }, releases };
}

const textAfter = (diff: VersionDiff, reasons = NIGHT) =>
  releaseSections(published(published(EMPTY_POINTER, diffOf(undefined)), diff, reasons).releases!);

describe('the history of releases', () => {
  it('keeps the newest fifty, and says that there were others', () => {
    let pointer: Pointer = EMPTY_POINTER;
    for (let night = 1; night <= 60; night++) pointer = published(pointer, diffOf(night === 1 ? undefined : hoursOf()));
    const { releases } = pointer.releases!;
    expect([releases.length, releases[0]!.version, releases.at(-1)!.version]).toEqual([50, '2024.11.60', '2024.11.11']);
    expect(releaseSections(pointer.releases!)).toContain('Releases before 2024.11.11 are no longer listed');
  });

  it('names the months that changed most, in their order, and counts the others', () => {
    const month = (at: number) => `20${10 + Math.floor(at / 12)}-${String(1 + (at % 12)).padStart(2, '0')}`;
    const groups = Array.from({ length: 100 }, (_, at) => ({
      ...{ month: month(at), location: `place ${at % 3}`, dataKey: 'temp' },
      ...{ added: at, removed: 0, changed: 1 },
    }));
    const text = textAfter(diffOf(hoursOf({ added: 4950, changed: 100, groups })));
    expect(text).toContain('- By month: 2017-05: 88 added, 1 changed; 2017-06: 89 added, 1 changed;');
    expect(text).toContain('2018-04: 99 added, 1 changed, and 88 more.');
    expect(text).toContain('- By location: place 0: 1683 added, 34 changed; place 1');
  });

  it('says what is gone: months, locations, tables, columns', () => {
    const hours = hoursOf({ removed: 3, monthsGone: ['2024-03'], columnsRemoved: ['n'], columnsAdded: ['origin'] });
    const text = textAfter(diffOf(hours, { locationsGone: ['hall'], tablesRemoved: ['dim_place'] }));
    expect(text).toContain('- Months without any hour now: 2024-03.');
    expect(text).toContain('- Locations without any hour now: hall.');
    expect(text).toContain('- New tables and columns: fact\\_hourly.origin.');
    expect(text).toContain('- Tables and columns that are gone: dim\\_place, fact\\_hourly.n.');
  });

  it('says that versions of datasets with other names cannot be compared', () => {
    expect(textAfter(diffOf(undefined))).toContain('It cannot be compared with 2024.11.1 hour by hour.');
  });

  it('calls no month late that is the newest of its source, or that a backfill rebuilt', () => {
    const file = { path: '', sha256: '', bytes: 0, rows: 0 };
    const month = (datasource: string, of: string) => ({
      ...{ datasource, month: of, revision: 1, archive: file, aggregates: file },
      ...{ complete: true, facts: 1, rules: '' },
    });
    const before: Pointer = {
      ...published(EMPTY_POINTER, diffOf(undefined)),
      partitions: [month('indoor', '2024-11'), month('ventilation', '2024-09')],
    };
    const months = [
      { datasource: 'indoor', month: '2024-10' },
      { datasource: 'ventilation', month: '2024-09' },
      { datasource: 'ventilation', month: '2024-10' },
      { datasource: 'outdoor', month: '2024-01' },
    ];
    const late = (reasons: ReleaseReasons) =>
      published(before, diffOf(hoursOf()), reasons).releases!.releases[0]!.late.some;
    expect(late({ cause: 'night', months })).toEqual(['2024-10']);
    expect(late({ cause: 'rebuild', months })).toEqual([]);
  });

  it('stays text, whatever a location or a table is called', () => {
    const largest = [
      { key: { time: HOSTILE, location: HOSTILE, source: HOSTILE, data_key: HOSTILE }, before: 1, after: Number.NaN },
      { key: { time: HOSTILE, location: HOSTILE, source: HOSTILE, data_key: HOSTILE }, before: 1, after: 2 },
    ];
    const groups = [{ month: HOSTILE, location: HOSTILE, dataKey: HOSTILE, added: 1, removed: 0, changed: 0 }];
    const text = textAfter(diffOf(hoursOf({ added: 1, groups, largest }), { locationsGone: [HOSTILE] }));
    expect(text.match(/^## .*$/gm)).toEqual(['## 2024.11.2', '## 2024.11.1']);
    expect(text).not.toMatch(/[^\\]\]\(|:\/\/|<b>|@anna/);
    expect(text.match(/A large change/g)).toHaveLength(1);
  });
});
