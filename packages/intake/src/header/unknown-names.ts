import { quoted, seedLine } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { ignoredSensorTest } from '@sensor-warehouse/model/seeds/ignored-sensors';
import type { Problem } from '../report/report';
import { someOf } from './label-text';
import { unknownSensor } from './sensor-of-name';

/** The texts of a column of names, and how many rows have each. */
export interface NamesOfColumn {
  readonly label: string;
  readonly dictionary: readonly string[];
  readonly rows: readonly number[];
}

/**
 * Unmapped sensors and quantities of a long export, each with the number of its rows. Without a seed of sensors the
 * texts are locations, which are looked up later; without any mapping seed the source's models say what they are.
 */
export function unknownNames(
  columns: readonly NamesOfColumn[],
  datasource: Datasource,
): { readonly problem: Problem; readonly count: number }[] {
  const { sensorColumn, quantityColumn, sensors, columns: quantities, ignoredColumns, seeds } = datasource;
  const isIgnored = ignoredSensorTest(datasource);
  return columns.flatMap(({ label, dictionary, rows }) =>
    dictionary.flatMap((name, at) => {
      // A row without a name is quarantined by itself.
      if (name === '') return [];
      const count = rows[at]!;
      if (label === sensorColumn && sensors.size > 0 && !sensors.has(name.toUpperCase()) && !isIgnored(name))
        return [{ problem: { ...unknownSensor(name), column: label }, count }];
      if (label === quantityColumn && seeds.length > 0 && !quantities.has(name) && !ignoredColumns.has(name))
        return [{ problem: unknownQuantity(name, label, datasource), count }];
      return [];
    }),
  );
}

function unknownQuantity(name: string, label: string, { id, columns }: Datasource): Problem {
  return {
    code: 'quantity-unknown',
    column: label,
    found: quoted(name),
    expected: someOf([...columns.keys()]),
    message: `the quantity ${quoted(name)} is neither mapped nor ignored`,
    fix: `add it to the mapping of quantities, or the line ${seedLine(id, name, '<reason>')} to seeds/ignored_columns.csv`,
  };
}
