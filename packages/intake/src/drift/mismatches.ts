import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { type ColumnLook, lookAtColumns } from '../cells/column-look';
import type { HeaderMatch, Unknown } from '../header/header';
import { type Missing, nearestHeader, placesOf, withoutOtherGroups } from '../header/missing-columns';
import type { Problem } from '../report/report';
import type { TextFile } from '../text/text-file';
import { clearPairs } from './clear-pairs';
import { changedLayout, foreignLayout } from './layout-change';
import { extra, incorrect, isFirstOfItsGroup, lacking, renamed } from './mismatch-findings';
import { FAR_AWAY, MOST_COMPARED, mayHold, type Pair, possiblePairs } from './pairs';

/** A problem and its severity. */
export type Diagnosis = Problem & Pick<Finding, 'severity'>;

/** Names at least this similar may belong to one column. */
const ALIKE = 0.5;
const MOST_CANDIDATES = 4;

/**
 * Explains labels that are not known and columns that are missing. One cause is one finding: a label that clearly took the
 * place of a column is that column under another name, and only what remains is missing or extra. While a column is
 * missing that a label may stand for, nothing is proposed that would lose it.
 */
export async function explainMismatches(
  file: TextFile,
  headerLine: number,
  labels: readonly string[],
  { header, unknown, missing: all }: HeaderMatch,
  datasource: Datasource,
): Promise<Diagnosis[]> {
  if (unknown.length === 0) return all.filter(({ needed }) => needed).map((one) => lacking(one, labels, []));
  const strange = unknown.map(({ label }) => label);
  const { headers } = datasource.contract;
  const nearest = nearestHeader(labels, strange, headers);
  const compared = unknown.slice(0, MOST_COMPARED);
  const timeAt = header.timeAt.filter((at) => at >= 0);
  const places = [...compared.map(({ at }) => at), ...timeAt];
  const allLooks = await lookAtColumns(file, headerLine, places, datasource);
  const looks = allLooks.slice(0, compared.length);
  const values = looks.filter(({ filled, numbers, time }) => time === undefined && numbers >= filled / 2).length;
  const missing = withoutOtherGroups(all, values, nearest, datasource);
  const mismatch = { file, headerLine, labels, header, unknown: compared, missing, nearest };
  const layout = await changedLayout(mismatch, looks, allLooks.slice(compared.length), datasource);
  if (layout !== undefined) return [layout];

  const known = labels.filter((label) => label !== '' && !strange.includes(label));
  const neighbours = {
    places: placesOf(labels, nearest, headers),
    together: nearest?.labels ?? [...datasource.columns.keys()],
  };
  const pairs = possiblePairs(compared, looks, missing, neighbours, datasource);
  const resembles = ({ time, alike, samePlace }: Pair) => time === undefined && (alike >= ALIKE || samePlace);
  if (known.length === 0 && !pairs.some(resembles)) return [foreignLayout(mismatch, datasource)];
  const clear = clearPairs(pairs, compared, known, headers);
  const taken = new Set(clear.map((pair) => pair.missing));
  const together = new Set([...known, ...clear.map(({ name }) => name)]);
  const isComplete = nearest?.labels.every((label) => together.has(label)) ?? false;
  const open = missing.filter((one) => !taken.has(one) && (one.needed || !isComplete));
  const left = unknown.filter((one) => !clear.some((pair) => pair.unknown === one));

  const explained = new Set(taken);
  const found: Diagnosis[] = [];
  for (const [i, one] of unknown.entries()) {
    const pair = clear.find((other) => other.unknown === one);
    if (pair !== undefined) {
      if (isFirstOfItsGroup(pair, clear)) found.push(renamed(pair, looks[i], clear, datasource));
      continue;
    }
    const candidates = candidatesOf(one, pairs, open);
    for (const { missing: candidate } of candidates) explained.add(candidate);
    const mayBe = known.length === 0 || open.some((other) => mayStandFor(one, looks[i], other, pairs, datasource));
    found.push(
      candidates.length > 0 ? incorrect(one, candidates, looks[i], datasource) : extra(one, mayBe, datasource),
    );
  }
  const begun = new Set([...taken].filter(({ needed }) => !needed).map(({ group }) => group));
  for (const one of missing) {
    if (explained.has(one) || !(one.needed || begun.has(one.group))) continue;
    const perhaps = left.filter((other) => mayHold(looks[unknown.indexOf(other)], one, datasource));
    found.push(lacking(one, labels, perhaps));
  }
  return found;
}

/** Columns that a label may stand for, though none is clear: those whose names are alike, or else all that are needed. */
function candidatesOf(unknown: Unknown, pairs: readonly Pair[], open: readonly Missing[]): readonly Pair[] {
  const possible = pairs
    .filter((pair) => pair.unknown === unknown && open.includes(pair.missing))
    .filter(({ alike, missing }) => missing.needed || alike >= ALIKE)
    .sort((a, b) => b.score - a.score);
  const alike = possible.filter((pair) => pair.alike >= ALIKE);
  const needed = possible.filter((pair) => pair.missing.needed);
  return (needed.length > 0 && alike.length === 0 ? needed : alike).slice(0, MOST_CANDIDATES);
}

/** Whether to ignore the label could lose a column: of one that is needed the cells alone say so, whatever the label is. */
function mayStandFor(
  unknown: Unknown,
  look: ColumnLook | undefined,
  missing: Missing,
  pairs: readonly Pair[],
  datasource: Datasource,
): boolean {
  // Ignoring what may be an ignored column loses nothing.
  if (!missing.needed && missing.accepted.every((name) => datasource.ignoredColumns.has(name))) return false;
  if (missing.needed) return mayHold(look, missing, datasource);
  const pair = pairs.find((one) => one.unknown === unknown && one.missing === missing);
  return pair !== undefined && (pair.far === undefined || pair.far < FAR_AWAY);
}
