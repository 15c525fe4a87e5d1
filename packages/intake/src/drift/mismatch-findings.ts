import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { onDriftOf } from '@sensor-warehouse/model/seeds/drift-policy';
import type { ColumnLook } from '../cells/column-look';
import { rangeText } from '../cells/distribution';
import { acceptanceOf } from '../header/finding-id';
import type { Unknown } from '../header/header';
import { groupOf, someOf } from '../header/label-text';
import type { Missing } from '../header/missing-columns';
import type { Diagnosis } from './mismatches';
import { FAR_AWAY, type Pair } from './pairs';

/** Columns whose group was renamed are one finding. */
export function isFirstOfItsGroup(pair: Pair, clear: readonly Pair[]): boolean {
  return siblingsOf(pair, clear)[0] === pair;
}

function siblingsOf(pair: Pair, clear: readonly Pair[]): Pair[] {
  const move = groupMove(pair);
  return move === undefined ? [pair] : clear.filter((other) => groupMove(other) === move);
}

function groupMove({ unknown, name, units, conversion, time }: Pair): string | undefined {
  const [from, to] = [groupOf(name), groupOf(unknown.label)];
  const isOther = from === to || units !== undefined || conversion !== undefined || time !== undefined;
  return isOther ? undefined : `${from}\n${to}`;
}

/** A label that clearly stands for a column, or for one in another unit. */
export function renamed(
  pair: Pair,
  look: ColumnLook | undefined,
  clear: readonly Pair[],
  datasource: Datasource,
): Diagnosis {
  const { unknown, name, units, conversion } = pair;
  const column = unknown.label;
  const evidence = evidenceOf(pair, look, datasource);
  if (units !== undefined || conversion !== undefined) {
    const [before, now] = units?.map(({ symbol }) => symbol) ?? [];
    const other = before === undefined ? `converted (${conversion!.text})` : `in ${now}`;
    return {
      severity: 'error',
      code: 'unit-changed',
      column,
      found: `${quoted(column)}, ${other}`,
      expected: before === undefined ? quoted(name) : `${quoted(name)}, in ${before}`,
      message:
        before === undefined
          ? `${quoted(column)} may be the new name of ${quoted(name)}, but its numbers look converted (${conversion!.text})`
          : `the unit of ${quoted(name)} changed from ${before} to ${now}`,
      evidence,
      fix: `export it in ${before ?? 'the earlier unit'} again, or map ${quoted(column)} and convert it in the staging model; nothing is converted automatically`,
    };
  }
  const siblings = siblingsOf(pair, clear);
  const group = siblings.length > 1;
  const from = groupOf(name) === '' ? 'no group' : quoted(groupOf(name));
  const to = groupOf(column) === '' ? 'no group' : quoted(groupOf(column));
  return {
    severity: 'error',
    code: 'renamed-label',
    column,
    found: group ? `${siblings.length} columns of ${to}` : quoted(column),
    expected: group ? `those of ${from}` : quoted(name),
    message: group ? `the columns of ${from} were probably renamed` : `the column ${quoted(name)} was probably renamed`,
    evidence,
    fix: 'accept the new name if the column is the same, or export the file as before',
    accept: acceptanceOf(
      'renamed-label',
      column,
      siblings.map((one) => ({ kind: 'alias', label: one.unknown.label, standsFor: one.name })),
    ),
  };
}

function evidenceOf(pair: Pair, look: ColumnLook | undefined, { columns, contract }: Datasource): string {
  const { alike, samePlace, far, name, time, onlyQuantity } = pair;
  const before = contract.profiles.get(name);
  const numbers = columns.has(name) && look !== undefined && look.filled > 0;
  return [
    `the names are ${Math.round(100 * alike)} % alike`,
    onlyQuantity ? 'no other column has its quantity' : '',
    samePlace ? 'it is in the same place' : '',
    time === undefined ? '' : `it holds ${time === 'datetime' ? 'times' : time === 'date' ? 'dates' : 'times of day'}`,
    numbers ? `${look.numbers} of ${look.filled} cells are numbers` : '',
    look?.profile === undefined || before === undefined
      ? ''
      : `they range from ${rangeText(look.profile)}, in accepted exports from ${rangeText(before)}`,
    far !== undefined && far >= FAR_AWAY ? 'which is far from them' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** A label that may stand for one of several columns, or for one that it does not clearly fit. */
export function incorrect(
  { label }: Unknown,
  candidates: readonly Pair[],
  look: ColumnLook | undefined,
  datasource: Datasource,
): Diagnosis {
  const names = candidates.map(({ name }) => name);
  const several = names.length > 1;
  return {
    severity: 'error',
    code: 'incorrect-label',
    column: label,
    found: quoted(label),
    expected: several ? `one of ${someOf(names)}` : someOf(candidates[0]!.missing.accepted),
    message: `${several ? 'columns are missing' : candidates[0]!.missing.message}, and ${quoted(label)}, which is unknown, may replace ${several ? 'any of them' : 'it'}`,
    evidence: candidates.map((pair) => `${quoted(pair.name)}: ${evidenceOf(pair, look, datasource)}`).join('; '),
    fix: "export the file as before; if only the name is new, change it in the source's mapping seed",
  };
}

/** @param mayBe whether a column is missing that the label may stand for: then to ignore it could lose that column */
export function extra({ label }: Unknown, mayBe: boolean, datasource: Datasource): Diagnosis {
  const reason = 'new in an export and not needed so far';
  const accepted = onDriftOf(datasource.onDrift, 'extra-label') === 'accept' && !mayBe;
  return {
    severity: accepted ? 'warning' : 'error',
    code: 'extra-label',
    column: label,
    found: quoted(label),
    expected: 'columns that are mapped, or listed as ignored',
    message: `the column ${quoted(label)} is neither mapped nor listed as ignored`,
    fix: mayBe
      ? `compare the export with the device: a column is missing, and ${quoted(label)} may be it; export the file as before, or map ${quoted(label)} in the source's mapping seed`
      : `map ${quoted(label)} in the source's mapping seed, or list it in seeds/ignored_columns.csv`,
    ...(mayBe
      ? {}
      : {
          accept: acceptanceOf('extra-label', label, [
            { kind: 'add', seed: 'ignored_columns', row: { datasource_id: datasource.id, column: label, reason } },
          ]),
        }),
  };
}

/** @param perhaps labels that are not known and may be the column */
export function lacking(one: Missing, labels: readonly string[], perhaps: readonly Unknown[]): Diagnosis {
  const here = one.group === '' ? labels : labels.filter((label) => groupOf(label) === one.group);
  const named = labels.filter((label) => label !== '');
  return {
    severity: 'error',
    code: 'missing-label',
    column: one.accepted[0]!,
    found: someOf(here),
    expected: one.accepted.length > 1 ? `one of ${someOf(one.accepted)}` : someOf(one.accepted),
    message: one.remembered ? `${one.message}: earlier exports of this kind had it` : one.message,
    ...(perhaps.length === 0
      ? {}
      : { evidence: `${someOf(perhaps.map(({ label }) => label))} may be it, judging by the cells, not by the name` }),
    fix: 'export the file again with this column, or change the contract if it is gone for good',
    ...(one.remembered && perhaps.length === 0
      ? { accept: acceptanceOf('missing-label', one.accepted[0], [{ kind: 'header', labels: named }]) }
      : {}),
  };
}
