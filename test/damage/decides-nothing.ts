/** Changes that `verify` cannot see, because no reading and no published number follows from what they change. */
export const DECIDES_NOTHING: readonly { readonly changes: RegExp; readonly reason: string }[] = [
  {
    changes: /^older copy of the pointer: deleted$/,
    reason: 'sweep removes old copies, and nothing that is published follows from one',
  },
  {
    changes:
      /^(refused upload|quarantined rows|report .*): deleted$|^(staged|older report|report of the checks|dataset of an older).*: deleted$/,
    reason: 'what is gone as a whole may have been removed by a person or a backfill: nothing names it',
  },
  {
    changes: /^report for people: (cut|one byte flipped|another of its kind)$/,
    reason: 'it repeats what the report for programs says',
  },
  {
    changes: /^quarantined rows: (cut|one byte flipped|another of its kind)$/,
    reason: 'the upload as received is its raw copy',
  },
];
