import type { FactsManifest, ManifestFile } from '../facts-manifest';

/** What a manifest says of itself that cannot be: its counts are told twice, and must be equal. */
export function contradictionsOf(manifest: FactsManifest): string[] {
  const { files, sources, series, facts } = manifest;
  const wrong: string[] = [];
  const same = (what: string, found: number, other: string, expected: number) => {
    if (found !== expected) wrong.push(`${what} ${found}, ${other} ${expected}`);
  };
  if (sources.length === 0) wrong.push('it names no source');
  same('facts of the series', sum(series, 'facts'), 'rows of the facts', facts.rows);
  for (const one of sources) {
    const own = files.filter(({ datasource }) => datasource === one.datasource);
    const counts = own.map((file) => file.counts);
    const its = series.filter(({ datasource }) => datasource === one.datasource);
    same(`${one.datasource}: facts of its series`, sum(its, 'facts'), 'facts', one.facts);
    same(`${one.datasource}: readings of its files`, sum(counts, 'readings'), 'readings', one.readings);
    same(`${one.datasource}: empty cells of its files`, sum(counts, 'empty'), 'empty cells', one.empty);
    // Rejected readings whose upload nobody knows are counted with each that they may be of.
    const missing = one.readings - one.facts;
    const rejected = sum(own, 'rejected');
    if (missing > rejected || (missing === 0 && rejected > 0))
      wrong.push(`${one.datasource}: ${missing} readings are no facts, rejected ${rejected}`);
    if (one.held !== one.refused.length > 0)
      wrong.push(`${one.datasource}: ${one.held ? 'held by' : 'not held, with'} ${one.refused.length} refused uploads`);
    if (new Set(own.map(({ ordinal }) => ordinal)).size !== own.length)
      wrong.push(`${one.datasource}: two of its uploads have one place in the order`);
  }
  const named = new Set(sources.map(({ datasource }) => datasource));
  if (named.size !== sources.length) wrong.push('it names a source twice');
  for (const { datasource } of [...files, ...series])
    if (!named.has(datasource)) wrong.push(`it has files or facts of ${datasource}, which is none of its sources`);
  return [...wrong, ...files.flatMap(contradictionsOfFile)];
}

function contradictionsOfFile({ name, counts, covers }: ManifestFile): string[] {
  const wrong: string[] = [];
  const { lines, landed, quarantined, cells, readings, empty, ignored, cellsQuarantined } = counts;
  if (lines !== landed + quarantined)
    wrong.push(`${name}: lines ${lines}, landed + quarantined ${landed + quarantined}`);
  const parts = readings + empty + ignored + cellsQuarantined;
  if (cells !== parts) wrong.push(`${name}: cells ${cells}, readings + empty + ignored + quarantined ${parts}`);
  if (covers !== undefined && covers.first > covers.last)
    wrong.push(`${name}: covers a period that ends before it begins`);
  return wrong;
}

function sum<K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
