import type { FactsManifest, ManifestFile } from '../layout/facts-manifest';

/** Contradictions in a manifest that fits its schema and its sums: more than a reader needs to check. */
export function contradictionsOf({ files, sources }: FactsManifest): string[] {
  const wrong: string[] = [];
  if (sources.length === 0) wrong.push('it names no source');
  for (const { datasource, readings, facts, held, refused } of sources) {
    const own = files.filter((file) => file.datasource === datasource);
    // Rejected readings whose upload nobody knows are counted with each that they may be of.
    const missing = readings - facts;
    const rejected = own.reduce((total, file) => total + file.rejected, 0);
    if (missing > rejected || (missing === 0 && rejected > 0))
      wrong.push(`${datasource}: ${missing} readings are not facts, rejected ${rejected}`);
    if (held !== refused.length > 0)
      wrong.push(`${datasource}: ${held ? 'held by' : 'not held, with'} ${refused.length} refused uploads`);
    if (new Set(own.map(({ ordinal }) => ordinal)).size !== own.length)
      wrong.push(`${datasource}: two of its uploads have one place in the order`);
  }
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
