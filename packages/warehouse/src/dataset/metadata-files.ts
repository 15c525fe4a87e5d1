import { citationFile } from './citation';
import { coveragePage } from './coverage-page';
import { croissant } from './croissant';
import { dataDictionary } from './data-dictionary';
import { dataPackage } from './data-package';
import { readmeText } from './dataset-readme';
import type { DescribedDataset } from './described-dataset';

const TEXTS: Readonly<Record<string, (described: DescribedDataset) => string>> = {
  'DATA_DICTIONARY.md': dataDictionary,
  'COVERAGE.md': coveragePage,
  'datapackage.json': dataPackage,
  'croissant.json': croissant,
  'CITATION.cff': citationFile,
};

/**
 * The metadata of a dataset: name of a file → its text, README.md first.
 * @param others names of public files that are made after this, such as files.json: README lists them as well
 */
export function metadataFiles(
  described: DescribedDataset,
  others: readonly string[] = [],
): ReadonlyMap<string, string> {
  const readme = readmeText(described, ['README.md', ...Object.keys(TEXTS), ...others]);
  const texts = Object.entries(TEXTS).map(([name, text]) => [name, text(described)] as const);
  return new Map([['README.md', readme], ...texts]);
}
