import type { LicenseId } from '@sensor-warehouse/model/seeds/dataset-description';

export interface Licence {
  readonly title: string;
  readonly url: string;
  /** The grant, with which LICENSE begins. */
  readonly grant: string;
  readonly terms: string;
}

/** The licences that a dataset may have: names and addresses of their texts. */
export const LICENCES: Readonly<Record<LicenseId, Licence>> = {
  'CC-BY-4.0': {
    title: 'Creative Commons Attribution 4.0 International',
    url: 'https://creativecommons.org/licenses/by/4.0/',
    grant: 'licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0)',
    terms: 'You may share and adapt it, for any purpose, if you give credit and say what you changed.',
  },
  'CC0-1.0': {
    title: 'Creative Commons Zero 1.0 Universal',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    grant: 'dedicated to the public domain with Creative Commons Zero 1.0 Universal (CC0 1.0)',
    terms: 'You may share and adapt it, for any purpose. Credit is welcome.',
  },
};
