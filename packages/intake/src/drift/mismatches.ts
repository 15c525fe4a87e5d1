import type { Datasource } from '@sensor-warehouse/model/configuration';
import { onDriftOf } from '@sensor-warehouse/model/drift-policy';
import { type Finding, quoted } from '@sensor-warehouse/model/finding';
import type { HeaderMatch, Unknown } from '../header';
import type { Problem } from '../report';
import type { TextFile } from '../text-file';
import { type ColumnLook, lookAtColumns } from './column-look';
import { rangeText } from './distribution';
import { acceptanceOf } from './finding-id';
import { groupOf, someOf } from './label-text';
import { type Missing, nearestHeader } from './missing-columns';
import { clearPairs, type Pair, possiblePairs } from './pairs';

/** A problem with how grave it is. */
export type Diagnosis = Problem & Pick<Finding, 'severity'>;

/**
 * Explains labels that are not known and columns that are missing. One cause is one finding: a label that clearly took the
 * place of a column is that column under another name, and only what remains is missing or extra.
 */
export async function explainMismatches(
  file: TextFile,
  headerLine: number,
  labels: readonly string[],
  { unknown, missing }: HeaderMatch,
  datasource: Datasource,
): Promise<Diagnosis[]> {
  const nearest = nearestHeader(
    labels,
    unknown.map(({ label }) => label),
    datasource.contract.headers,
  );
  const places = new Map(nearest?.order.map((sorted, place) => [nearest.labels[sorted]!, place]));
  const looks =
    unknown.length === 0 || missing.length === 0
      ? []
      : await lookAtColumns(
          file,
          headerLine,
          unknown.map(({ at }) => at),
          datasource,
        );
  const pairs = possiblePairs(unknown, looks, missing, places, datasource);
  const clear = clearPairs(pairs, unknown);
  const taken = new Set(clear.map((pair) => pair.missing));
  const explained = new Set(taken);
  const found: Diagnosis[] = [];
  for (const [i, one] of unknown.entries()) {
    const pair = clear.find((other) => other.unknown === one);
    if (pair !== undefined) {
      if (isFirstOfItsGroup(pair, clear)) found.push(renamed(pair, looks[i], clear, datasource));
      continue;
    }
    const candidates = candidatesOf(one, pairs, taken, unknown.length);
    for (const { missing: candidate } of candidates) explained.add(candidate);
    found.push(candidates.length > 0 ? incorrect(one, candidates) : extra(one, missing, datasource));
  }
  const begun = new Set([...explained].filter(({ needed }) => !needed).map(({ group }) => group));
  for (const one of missing) {
    if (explained.has(one) || !(one.needed || begun.has(one.group))) continue;
    found.push(lacking(one, labels));
  }
  return found;
}

/** Columns that a label may stand for, though none is clear. */
function candidatesOf(
  unknown: Unknown,
  pairs: readonly Pair[],
  taken: ReadonlySet<Missing>,
  count: number,
): readonly Pair[] {
  const open = pairs.filter((pair) => pair.unknown === unknown && !taken.has(pair.missing));
  const alike = open.filter((pair) => pair.alike >= 0.5).sort((a, b) => b.score - a.score);
  if (alike.length > 0) return alike.slice(0, 4);
  const needed = open.filter(({ missing }) => missing.needed);
  return count === 1 && needed.length === 1 ? needed : [];
}

/** Columns whose group was renamed are one finding. */
function isFirstOfItsGroup(pair: Pair, clear: readonly Pair[]): boolean {
  return siblingsOf(pair, clear)[0] === pair;
}

function siblingsOf(pair: Pair, clear: readonly Pair[]): Pair[] {
  const move = groupMove(pair);
  return move === undefined ? [pair] : clear.filter((other) => groupMove(other) === move);
}

function groupMove({ unknown, name, units }: Pair): string | undefined {
  const [from, to] = [groupOf(name), groupOf(unknown.label)];
  return from === to || units !== undefined ? undefined : `${from}\n${to}`;
}

function renamed(pair: Pair, look: ColumnLook | undefined, clear: readonly Pair[], datasource: Datasource): Diagnosis {
  const { unknown, name, units } = pair;
  const column = unknown.label;
  const evidence = evidenceOf(pair, look, datasource);
  if (units !== undefined) {
    const [before, now] = units;
    return {
      severity: 'error',
      code: 'unit-changed',
      column,
      found: `${quoted(column)}, in ${now.symbol}`,
      expected: `${quoted(name)}, in ${before.symbol}`,
      message: `the unit of ${quoted(name)} changed from ${before.symbol} to ${now.symbol}`,
      evidence,
      fix: `export it in ${before.symbol} again, or map ${quoted(column)} and convert it in the staging model; nothing is converted by itself`,
    };
  }
  const siblings = siblingsOf(pair, clear);
  const group = siblings.length > 1;
  return {
    severity: 'error',
    code: 'renamed-label',
    column,
    found: group ? `${siblings.length} columns of ${quoted(groupOf(column))}` : quoted(column),
    expected: group ? `those of ${quoted(groupOf(name))}` : quoted(name),
    message: group
      ? `the columns of ${quoted(groupOf(name))} were probably renamed`
      : `the column ${quoted(name)} was probably renamed`,
    evidence,
    fix: 'accept the new name if it is the same thing, or export the file as before',
    accept: acceptanceOf(
      'renamed-label',
      column,
      siblings.map((one) => ({ kind: 'alias', label: one.unknown.label, standsFor: one.name })),
    ),
  };
}

function evidenceOf(
  { alike, samePlace, far, name }: Pair,
  look: ColumnLook | undefined,
  { columns, contract }: Datasource,
): string {
  const before = contract.profiles.get(name);
  const numbers = columns.has(name) && look !== undefined && look.filled > 0;
  return [
    `the names are ${Math.round(100 * alike)} % alike`,
    samePlace ? 'it stands in the same place' : '',
    numbers ? `${look.numbers} of ${look.filled} cells are numbers` : '',
    look?.profile === undefined || before === undefined
      ? ''
      : `they reach from ${rangeText(look.profile)}, in accepted exports from ${rangeText(before)}`,
    far !== undefined && far >= 2 ? 'which is far from them' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function incorrect({ label }: Unknown, candidates: readonly Pair[]): Diagnosis {
  const names = candidates.map(({ name }) => name);
  return {
    severity: 'error',
    code: 'incorrect-label',
    column: label,
    found: quoted(label),
    expected: names.length > 1 ? `one of ${someOf(names)}` : someOf(candidates[0]!.missing.accepted),
    message: `${names.length > 1 ? 'columns are missing' : candidates[0]!.missing.message}, and ${quoted(label)}, which is not known, may stand for ${names.length > 1 ? 'any of them' : 'it'}`,
    fix: "export the file as before; if only the name is new, change it in the source's mapping seed",
  };
}

function extra({ label }: Unknown, missing: readonly Missing[], datasource: Datasource): Diagnosis {
  const reason = 'new in an export and not needed so far';
  const accepted = onDriftOf(datasource.onDrift, 'extra-label') === 'accept' && !missing.some(({ needed }) => needed);
  return {
    severity: accepted ? 'warning' : 'error',
    code: 'extra-label',
    column: label,
    found: quoted(label),
    expected: 'columns that are mapped, or listed as ignored',
    message: `the column ${quoted(label)} is neither mapped nor listed as ignored`,
    fix: `map ${quoted(label)} in the source's mapping seed, or list it in seeds/ignored_columns.csv`,
    accept: acceptanceOf('extra-label', label, [
      { kind: 'add', seed: 'ignored_columns', row: { datasource_id: datasource.id, column: label, reason } },
    ]),
  };
}

function lacking(one: Missing, labels: readonly string[]): Diagnosis {
  const here = one.group === '' ? labels : labels.filter((label) => groupOf(label) === one.group);
  const named = labels.filter((label) => label !== '');
  return {
    severity: 'error',
    code: 'missing-label',
    column: one.accepted[0]!,
    found: someOf(here),
    expected: one.accepted.length > 1 ? `one of ${someOf(one.accepted)}` : someOf(one.accepted),
    message: one.remembered ? `${one.message}: earlier exports of this kind had it` : one.message,
    fix: 'export the file again with this column, or change the contract if it is gone for good',
    ...(one.remembered
      ? { accept: acceptanceOf('missing-label', one.accepted[0], [{ kind: 'header', labels: named }]) }
      : {}),
  };
}
