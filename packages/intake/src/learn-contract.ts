import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { type Contract, withHeader } from '@sensor-warehouse/model/seeds/contract';
import type { DatetimeFormat } from '@sensor-warehouse/model/time/datetime-format';
import { DAY } from '@sensor-warehouse/model/time/units';
import { valuesOfColumns } from './cells/column-look';
import { profileOf } from './cells/distribution';
import { readTime, timeCells } from './cells/time-cell';
import { type Header, matchHeader } from './header/header';
import { rememberedLabels } from './header/header-labels';
import { tableForm, withJsonTable } from './json/json-table';
import { decideFormat } from './opening/decide-format';
import { readOpening } from './opening/opening';
import { openingAgain } from './opening/opening-again';
import type { ExportFile } from './report/report';
import { withPlainFile } from './text/plain-file';
import { closeTextFile, formOf, openTextFile, type Room, type TextFile, type TextForm } from './text/text-file';
import { visitRows } from './text/visit-rows';

/**
 * The contract extended by exports that a person accepted: it adds their headers, and recomputes the distributions of
 * their columns. The same exports in any order give the same contract, except for the order of columns, which is the
 * last export's.
 */
export async function learnContract(
  files: readonly ExportFile[],
  datasource: Datasource,
  room: Room,
): Promise<Contract> {
  let contract = datasource.contract;
  const values = new Map<string, number[]>();
  const days = new Map<string, ReadonlySet<number>>();
  const learn = async (name: string, path: string, form: TextForm, source: Datasource) => {
    const file = openTextFile(path, form, room);
    try {
      const opening = await readOpening(file, source);
      const text: TextFile = { ...file, openingAgain: openingAgain(opening, source) };
      const { labels, headerLine } = opening;
      contract = withHeader(contract, rememberedLabels(labels));
      // A column that mixes quantities has no usual distribution.
      if (source.valueColumn !== undefined) return;
      const { header } = matchHeader(labels, source);
      const columns = header.roles.flatMap((role, at) => (role.kind === 'value' ? [{ label: role.label, at }] : []));
      const positions = columns.map(({ at }) => at);
      const sampled = await valuesOfColumns(text, headerLine, positions, source);
      const format = await decideFormat(text, name, source, opening, header);
      const daysOfFile = await daysOfRows(text, headerLine, header, format);
      for (const [i, { label }] of columns.entries()) {
        values.set(label, (values.get(label) ?? []).concat(sampled[i]!));
        days.set(label, new Set([...(days.get(label) ?? []), ...daysOfFile]));
      }
    } finally {
      closeTextFile(file);
    }
  };
  for (const file of files) {
    await withPlainFile(file, room.limits, (path) =>
      datasource.type === 'csv'
        ? learn(file.name, path, formOf(datasource), datasource)
        : withJsonTable({ path, name: file.name }, datasource, (table) =>
            learn(file.name, table.path, tableForm(table.datasource), table.datasource),
          ),
    );
  }
  const profiles = new Map(contract.profiles);
  const counted = new Map(contract.days);
  for (const [label, numbers] of values) {
    const profile = profileOf(numbers);
    if (profile === undefined) continue;
    profiles.set(label, profile);
    counted.set(label, days.get(label)!.size);
  }
  return { ...contract, profiles, days: counted };
}

/** The days on which a file has rows, by its own clock. */
async function daysOfRows(
  file: TextFile,
  headerLine: number,
  { timeAt }: Header,
  format: DatetimeFormat,
): Promise<ReadonlySet<number>> {
  const timeOf = timeCells(timeAt);
  const last = Math.max(...timeAt);
  const days = new Set<number>();
  await visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined || cells.count <= last) return true;
    const wall = readTime(timeOf(row, cells), format);
    if (!Number.isNaN(wall)) days.add(Math.floor(wall / DAY));
    return true;
  });
  return days;
}
