import type { Datasource } from '@sensor-warehouse/model/configuration';
import { type Contract, withHeader } from '@sensor-warehouse/model/contract';
import { valuesOfColumns } from './drift/column-look';
import { profileOf } from './drift/distribution';
import { matchHeader } from './header';
import { tableForm, withJsonTable } from './json/json-table';
import { readOpening } from './opening';
import { withPlainFile } from './plain-file';
import type { ExportFile } from './report';
import { closeTextFile, formOf, openTextFile, type Room, type TextForm } from './text-file';

/**
 * What is to be remembered of exports that a person accepted, besides what is remembered already: their headers, and anew
 * how the numbers of their columns spread. The same exports in any order give the same contract, but for the order of
 * columns, which is that of the last.
 */
export async function learnContract(
  files: readonly ExportFile[],
  datasource: Datasource,
  room: Room,
): Promise<Contract> {
  let contract = datasource.contract;
  const values = new Map<string, number[]>();
  const learn = async (path: string, form: TextForm, source: Datasource) => {
    const text = openTextFile(path, form, room);
    try {
      const { labels, headerLine } = await readOpening(text, source);
      contract = withHeader(
        contract,
        labels.filter((label) => label !== ''),
      );
      // Numbers of many quantities in one column have no usual spread.
      if (source.valueColumn !== undefined) return;
      const { roles } = matchHeader(labels, source).header;
      const columns = roles.flatMap((role, at) => (role.kind === 'value' ? [{ label: role.label, at }] : []));
      const positions = columns.map(({ at }) => at);
      const sampled = await valuesOfColumns(text, headerLine, positions, source.decimal);
      for (const [i, { label }] of columns.entries()) values.set(label, (values.get(label) ?? []).concat(sampled[i]!));
    } finally {
      closeTextFile(text);
    }
  };
  for (const file of files) {
    await withPlainFile(file, (path) =>
      datasource.type === 'csv'
        ? learn(path, formOf(datasource), datasource)
        : withJsonTable({ path, name: file.name }, datasource, (table) =>
            learn(table.path, tableForm(table.datasource), table.datasource),
          ),
    );
  }
  const profiles = new Map(contract.profiles);
  for (const [label, numbers] of values) {
    const profile = profileOf(numbers);
    if (profile !== undefined) profiles.set(label, profile);
  }
  return { ...contract, profiles };
}
