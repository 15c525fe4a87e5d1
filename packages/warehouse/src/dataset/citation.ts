import { stringify } from 'yaml';
import type { DescribedDataset } from './described-dataset';

/**
 * `CITATION.cff`, Citation File Format 1.2.
 * @returns the text, with a line end
 */
export function citationFile({ configuration: { dataset }, version, address, summary }: DescribedDataset): string {
  const { title, citation, license, description, provider, contact, keywords } = dataset;
  return stringify(
    {
      'cff-version': '1.2.0',
      message: `Cite this dataset as: ${citation}`,
      type: 'dataset',
      title,
      ...(description === undefined ? {} : { abstract: description }),
      authors: [{ name: provider ?? title }],
      ...(contact === undefined ? {} : { contact: [{ name: provider ?? title, ...reachedBy(contact) }] }),
      ...(keywords === undefined ? {} : { keywords }),
      license,
      version,
      // No clock here: the day on which the newest hour ended is the earliest possible date.
      ...(summary.period === undefined ? {} : { 'date-released': summary.period.to.slice(0, 10) }),
      ...(address === undefined ? {} : { url: `${address}/` }),
    },
    { lineWidth: 0 },
  );
}

const reachedBy = (contact: string) => (/^https?:\/\//.test(contact) ? { website: contact } : { email: contact });
