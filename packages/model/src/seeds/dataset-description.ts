import { quoted } from '../findings/finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

export const DATASET_PROPERTIES = ['name', 'title', 'citation', 'license'] as const;
/** Optional properties of a dataset: metadata leaves out missing ones. */
export const OPTIONAL_DATASET_PROPERTIES = ['description', 'provider', 'contact', 'keywords', 'address'] as const;
export const LICENSE_IDS = ['CC-BY-4.0', 'CC0-1.0'] as const;
export type LicenseId = (typeof LICENSE_IDS)[number];

/** The name of the public dataset, and its terms. */
export interface DatasetDescription {
  /** Begins the names of its files. */
  readonly name: string;
  readonly title: string;
  readonly citation: string;
  /** As SPDX writes it. */
  readonly license: LicenseId;
  readonly description?: string;
  /** Who publishes it. */
  readonly provider?: string;
  /** Whom to ask: a mail address, or the address of a page. */
  readonly contact?: string;
  readonly keywords?: readonly string[];
  /** Where its files can be fetched by name: an address without `/` at its end. */
  readonly address?: string;
}

/** Of characters that no query, page or document in which it stands takes for its own. */
const isAddress = (value: string) => /^https?:\/\/[A-Za-z0-9.:-]+(\/[A-Za-z0-9._~%+,=:@-]*)*$/.test(value);

const keywordsOf = (value: string) => value.split(';').map((one) => one.trim());

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
  contact: {
    accepts: (value) => isAddress(value) || /^[^\s@<>"'`]+@[^\s@<>"'`]+\.[^\s@<>"'`]{2,}$/.test(value),
    expected: 'a mail address such as data@example.org, or the address of a page such as https://example.org/contact',
  },
  keywords: {
    accepts: (value) => keywordsOf(value).every((one, at, all) => one !== '' && all.indexOf(one) === at),
    expected: 'words or phrases, each once, separated by ;',
  },
  address: {
    accepts: isAddress,
    expected: 'the address of the folder with the files, such as https://example.org/data',
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
    ...optionalOf(values),
  };
}

function optionalOf(values: ReadonlyMap<string | number | undefined, string>): Partial<DatasetDescription> {
  const [keywords, address] = [values.get('keywords'), values.get('address')];
  const plain = (['description', 'provider', 'contact'] as const).flatMap((property) =>
    values.has(property) ? [[property, values.get(property)!]] : [],
  );
  return {
    ...Object.fromEntries(plain),
    ...(keywords === undefined ? {} : { keywords: keywordsOf(keywords) }),
    ...(address === undefined ? {} : { address: address.replace(/\/+$/, '') }),
  };
}
