import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { acceptedHeader } from '@sensor-warehouse/model/seeds/contract';
import { acceptanceOf } from '../header/finding-id';
import { isPlace, rememberedLabels } from '../header/header-labels';
import { someOf } from '../header/label-text';
import type { Diagnosis } from './mismatches';

/** Findings about a header that fits the contract: columns in another order, or together for the first time. */
export function newHeader(labels: readonly string[], datasource: Datasource): Diagnosis[] {
  const { contract, ignoredColumns } = datasource;
  if (contract.headers.length === 0) return [];
  const named = rememberedLabels(labels);
  // If columns move, a column that is read by its place may be another one.
  const places = named.filter((label) => isPlace(label) && !ignoredColumns.has(label));
  const doubt = places.length === 0 ? undefined : movedPlaces(places, named);
  const header = acceptedHeader(named);
  const known = contract.headers.find(
    (one) => one.labels.length === named.length && one.labels.every((label, i) => label === header.labels[i]),
  );
  const edits = [{ kind: 'header', labels: named }] as const;
  if (known === undefined) {
    return [
      {
        severity: 'warning',
        code: 'new-header',
        found: someOf(named),
        expected: 'one of the headers in the contract',
        message: 'all columns are known, but no accepted export had exactly these; the file was read',
        fix: 'accept the header if the file is right',
        ...doubt,
        accept: acceptanceOf('new-header', named.at(-1), edits),
      },
    ];
  }
  if (known.order.every((at, i) => at === header.order[i])) return [];
  return [
    {
      severity: 'info',
      code: 'reordered-label',
      found: someOf(named),
      expected: someOf(known.order.map((at) => known.labels[at]!)),
      message: 'the columns are in another order; they were read by name',
      fix: 'nothing is wrong; accept the order to silence this',
      ...doubt,
      accept: acceptanceOf('reordered-label', named.at(-1), edits),
    },
  ];
}

function movedPlaces(
  places: readonly string[],
  labels: readonly string[],
): Pick<Diagnosis, 'severity' | 'found' | 'message' | 'fix'> {
  const which = someOf(places);
  return {
    severity: 'error',
    found: someOf(labels),
    message: `columns were moved or inserted, and ${which} may now be other columns`,
    fix: `look at the values there, correct ${which} in the seeds, and accept the header`,
  };
}
