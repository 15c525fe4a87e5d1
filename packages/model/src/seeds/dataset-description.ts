import { quoted } from '../findings/finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

export const DATASET_PROPERTIES = ['name', 'title', 'citation', 'license'] as const;
export const LICENSE_IDS = ['CC-BY-4.0', 'CC0-1.0'] as const;
export type LicenseId = (typeof LICENSE_IDS)[number];

/** What the public dataset is called, and on what terms it is given. */
export interface DatasetDescription {
  /** Begins the names of its files. */
  readonly name: string;
  readonly title: string;
  readonly citation: string;
  /** As SPDX writes it. */
  readonly license: LicenseId;
}

const FORMS: Readonly<Record<string, { readonly accepts: (value: string) => boolean; readonly expected: string }>> = {
  name: {
    accepts: (value) => /^[a-z][a-z0-9_]{0,59}$/.test(value) && !/^(fact|agg|dim)_|^files$|^schema$/.test(value),
    expected:
      'a name of lower-case letters, digits and _ that does not begin as those of other tables: fact_, agg_, dim_',
  },
  license: {
    accepts: (value) => LICENSE_IDS.some((one) => one === value),
    expected: `one of ${LICENSE_IDS.join(', ')}`,
  },
};

export function datasetOf(rows: readonly SeedRow[], complain: Complain): DatasetDescription {
  refuseRepeats(rows, ['property'], 'dataset', complain);
  for (const { line, property, value } of rows) {
    const form = FORMS[String(property)];
    if (form === undefined || form.accepts(String(value))) continue;
    complain({
      seed: 'dataset',
      line,
      column: 'value',
      found: quoted(String(value)),
      expected: form.expected,
      message: `this is not a valid ${property} of a dataset`,
      fix: `write ${form.expected}`,
    });
  }
  const values = new Map(rows.map((row) => [row.property, String(row.value)]));
  for (const property of DATASET_PROPERTIES.filter((one) => rows.length > 0 && !values.has(one))) {
    complain({
      seed: 'dataset',
      column: 'property',
      found: [...values.keys()].join(', '),
      expected: DATASET_PROPERTIES.join(', '),
      message: `the ${property} of the dataset is missing`,
      fix: `add a row ${property},…`,
    });
  }
  const value = (property: (typeof DATASET_PROPERTIES)[number]) => values.get(property) ?? '';
  return {
    name: value('name'),
    title: value('title'),
    citation: value('citation'),
    license: value('license') as LicenseId,
  };
}
