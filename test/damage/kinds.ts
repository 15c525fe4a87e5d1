/** A kind of file of a warehouse, by the path of the one that is damaged and of another valid one of its kind. */
export interface Kind {
  readonly kind: string;
  readonly file: string;
  /** Its bytes take the place of the file's; undefined if the warehouse has no other one. */
  readonly other: string | undefined;
}

/** How a kind is found among the paths of the small warehouse; the first that fits is damaged. */
const KINDS: readonly (readonly [kind: string, file: RegExp, other?: RegExp])[] = [
  ['pointer', /^warehouse\.json$/, /^pointers\/000001/],
  ['newest copy of the pointer', /^pointers\/000002/, /^pointers\/000001/],
  ['older copy of the pointer', /^pointers\/000001/, /^pointers\/000002/],
  ['consumed manifest', /^facts\/000001.*json$/, /^facts\/000002.*json$/],
  ['newest consumed manifest', /^facts\/000002.*json$/, /^facts\/000001.*json$/],
  ['waiting manifest', /^facts\/000003.*json$/, /^facts\/000002.*json$/],
  ['consumed facts', /^facts\/000002.*parquet$/, /^facts\/000001.*parquet$/],
  ['waiting facts', /^facts\/000003.*parquet$/, /^facts\/000002.*parquet$/],
  ['archive, touched next', /^archive\/indoor\/2024-11\.r2/, /^archive\/indoor\/2024-10/],
  ['archive, untouched', /^archive\/ventilation\/2024-10/, /^archive\/indoor\/2024-10/],
  ['revision before', /^archive\/indoor\/2024-11\.r1/, /^archive\/indoor\/2024-10/],
  ['aggregates of another source', /^aggregates\/indoor\/2024-10/, /^aggregates\/ventilation\/2024-10/],
  ['aggregates, untouched', /^aggregates\/ventilation\/2024-10/, /^aggregates\/indoor\/2024-10/],
  [
    'dataset of the version',
    /^public\/versions\/[0-9.]+\.2-.*dataset\.parquet$/,
    /^public\/versions\/[0-9.]+\.1-.*dataset\.parquet$/,
  ],
  ['text of the version', /^public\/versions\/[0-9.]+\.2-.*README/, /^public\/versions\/[0-9.]+\.1-.*README/],
  [
    'dataset of an older version',
    /^public\/versions\/[0-9.]+\.1-.*dataset\.parquet$/,
    /^public\/versions\/[0-9.]+\.2-.*dataset\.parquet$/,
  ],
  ['stable dataset', /^public\/[^/]*dataset\.parquet$/, /^public\/versions\/[0-9.]+\.1-.*dataset\.parquet$/],
  ['stable CSV of the dataset', /^public\/[^/]*\.csv\.gz$/, /^public\/versions\/[0-9.]+\.1-.*csv\.gz$/],
  ['stable README', /^public\/[^/]*\.md$/, /^public\/versions\/[0-9.]+\.1-.*README/],
  ['marker', /^public\/latest\.json$/],
  ['monthly CSV', /^normalized\/nonadditive_2024-10\.hourly/, /^normalized\/nonadditive_2024-11\.hourly/],
  ['monthly CSV, touched next', /^normalized\/nonadditive_2024-11\.daily/, /^normalized\/nonadditive_2024-10\.daily/],
  ['consumed raw copy', /^raw\/indoor\/000001/, /^raw\/indoor\/000002/],
  ['waiting raw copy', /^raw\/indoor\/000003/, /^raw\/indoor\/000002/],
  ['refused upload', /^quarantine\/.*_refused\.csv$/, /^quarantine\/.*accepted\.csv\.rows$/],
  ['quarantined rows', /^quarantine\/.*\.rows$/, /^quarantine\/.*_refused\.csv$/],
  ['report of a refused upload', /^quarantine\/.*_refused.*json$/, /^quarantine\/.*_accepted.*json$/],
  ['report of quarantined rows', /^quarantine\/.*_accepted.*json$/, /^quarantine\/.*_refused.*json$/],
  ['report for people', /^quarantine\/.*_refused.*md$/, /^quarantine\/.*_accepted.*md$/],
  ['report of the checks', /^quality\/000002/, /^quality\/000001/],
  ['older report of the checks', /^quality\/000001/, /^quality\/000002/],
  ['staged plan', /^staging\/.*plan\.json$/],
  ['staged window', /^staging\/.*indoor.*\.json$/, /^staging\/.*ventilation.*\.json$/],
];

export function kindsOf(paths: readonly string[]): Kind[] {
  return KINDS.map(([kind, file, other]) => ({ kind, file: one(paths, kind, file)!, other: one(paths, kind, other) }));
}

function one(paths: readonly string[], kind: string, pattern: RegExp | undefined): string | undefined {
  if (pattern === undefined) return undefined;
  const found = paths.find((path) => pattern.test(path));
  if (found === undefined) throw new Error(`the small warehouse has no ${kind} (${pattern})`);
  return found;
}
