import type { Datasource } from '@sensor-warehouse/model/configuration';
import { acceptedHeader } from '@sensor-warehouse/model/contract';
import { acceptanceOf } from './finding-id';
import { someOf } from './label-text';
import type { Diagnosis } from './mismatches';

/** What is new about a header that the contract explains: its columns in another order, or together for the first time. */
export function newHeader(labels: readonly string[], { contract }: Datasource): Diagnosis[] {
  if (contract.headers.length === 0) return [];
  const named = labels.filter((label) => label !== '');
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
        message: 'all columns are known, but no accepted export had just these; the file was read',
        fix: 'accept the header, if the file is what it should be',
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
      message: 'the columns come in another order; they were read by their names',
      fix: 'nothing is wrong; accept the order to hear no more of it',
      accept: acceptanceOf('reordered-label', named.at(-1), edits),
    },
  ];
}
