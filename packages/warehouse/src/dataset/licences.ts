import type { LicenseId } from '@sensor-warehouse/model/seeds/dataset-description';

export interface Licence {
  readonly title: string;
  readonly url: string;
}

/** What the licences that a dataset may have are called, and where their texts are. */
export const LICENCES: Readonly<Record<LicenseId, Licence>> = {
  'CC-BY-4.0': {
    title: 'Creative Commons Attribution 4.0 International',
    url: 'https://creativecommons.org/licenses/by/4.0/',
  },
  'CC0-1.0': {
    title: 'Creative Commons Zero 1.0 Universal',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
  },
};
