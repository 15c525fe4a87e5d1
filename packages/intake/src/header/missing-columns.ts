import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { AcceptedHeader } from '@sensor-warehouse/model/seeds/contract';
import { groupOf } from './label-text';
import { numberedLikeness } from './similarity';

/** A column that should be there: one of the accepted labels, in the group that it belongs to. */
export interface Missing {
  readonly accepted: readonly string[];
  readonly group: string;
  /** Whether it is an error if no label stands in for it; else it only explains labels that are not known. */
  readonly needed: boolean;
  readonly message: string;
  /** Whether the exports that are remembered had it, and the mapping alone would do without it. */
  readonly remembered: boolean;
}

/**
 * The columns missing from a file of a wide source. The columns of one group (the part before the last `/`) come all or
 * none.
 */
export function missingOfWide(
  seen: ReadonlySet<string>,
  unknown: readonly string[],
  datasource: Datasource,
  nearest: AcceptedHeader | undefined,
): Missing[] {
  const { timeColumns, requiredColumns, columns, ignoredColumns } = datasource;
  const required = absent([...timeColumns, ...requiredColumns], seen);
  const remembered = absent(nearest?.labels ?? [], seen);
  const groups = new Map<string, string[]>();
  for (const label of columns.keys()) {
    const group = groupOf(label);
    groups.set(group, [...(groups.get(group) ?? []), label]);
  }
  const strange = unknown.some((label) => !groups.has(groupOf(label)));
  const missing = required.map((label) => missingLabel(label, true, false));
  for (const [group, labels] of groups) {
    const away = absent(labels, seen).filter((label) => !required.includes(label));
    const begun = away.length < labels.length && group !== '';
    const maybe = strange || unknown.some((label) => groupOf(label) === group);
    for (const label of away) {
      const isRemembered = remembered.includes(label);
      if (begun || maybe || isRemembered)
        missing.push(missingLabel(label, begun || isRemembered, isRemembered && !begun));
    }
  }
  // An ignored column that is gone is a change of the form, too; one that was never seen may have come under another name.
  const rest = remembered.filter((label) => !missing.some(({ accepted }) => accepted.includes(label)));
  const ignored = absent([...ignoredColumns.keys()], seen).filter((label) => strange && !remembered.includes(label));
  return [
    ...missing,
    ...rest.map((label) => missingLabel(label, true, true)),
    ...ignored.map((label) => missingLabel(label, false, false)),
  ];
}

/**
 * The columns missing from a file of one sensor, or from a long file. Each quantity is in one column, whichever of its
 * accepted names that has; so a required column that is mapped may also come under another name for the same quantity.
 */
export function missingOfSensor(seen: ReadonlySet<string>, datasource: Datasource): Missing[] {
  const { timeColumns, requiredColumns, textColumns, valueColumn, columns } = datasource;
  const named = [
    ...timeColumns,
    ...requiredColumns,
    ...textColumns,
    ...(valueColumn === undefined ? [] : [valueColumn]),
  ];
  const unmapped = named.filter((label) => valueColumn !== undefined || !columns.has(label));
  const missing = absent(unmapped, seen).map((label) => ({ ...missingLabel(label, true, false), group: '' }));
  // Quantities that have a column for their names are not labels.
  for (const [dataKey, accepted] of valueColumn === undefined ? namesOfQuantities(datasource) : []) {
    if (accepted.some((label) => seen.has(label))) continue;
    missing.push({ accepted, group: '', needed: true, message: `no column holds ${dataKey}`, remembered: false });
  }
  return missing;
}

/** data_key → the labels that it may have; a label that nothing maps is a quantity of its own. */
export function namesOfQuantities({ columns }: Datasource): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [label, { dataKey }] of columns) {
    const quantity = dataKey || label;
    names.set(quantity, [...(names.get(quantity) ?? []), label]);
  }
  return names;
}

/** Two headers that a file's labels fit by less than this cannot be distinguished. */
const NEARER = 0.2;

/**
 * The accepted header that a file's labels come from; undefined if none has a column of its own among them, and if they
 * fit two headers about as well: then it is not known what the file lacks.
 */
export function nearestHeader(
  labels: readonly string[],
  unknown: readonly string[],
  headers: readonly AcceptedHeader[],
): AcceptedHeader | undefined {
  const present = new Set(labels);
  const scored: { readonly header: AcceptedHeader; readonly score: number }[] = [];
  for (const header of headers) {
    const others = headers.filter((other) => other !== header);
    const own = header.labels.filter((label) => !others.some((other) => other.labels.includes(label)));
    const away = header.labels.filter((label) => !present.has(label));
    const alike = unknown.slice(0, 20).map((label) => Math.max(0, ...away.map((one) => numberedLikeness(label, one))));
    // A kind of export that was never seen shares columns with others, and has none that is only theirs.
    const related =
      headers.length === 1 ||
      own.length === 0 ||
      own.some((label) => present.has(label)) ||
      alike.some((one) => one > 0.7);
    if (!related) continue;
    const score = header.labels.length - away.length + alike.reduce((sum, one) => sum + one, 0) - away.length / 1000;
    scored.push({ header, score });
  }
  const [best, second] = scored.sort((a, b) => b.score - a.score);
  if (best === undefined || second === undefined || best.score - second.score >= NEARER) return best?.header;
  // One of the two may be a part of the other, and the file have all of it.
  return best.header.labels.every((label) => present.has(label)) ? best.header : undefined;
}

/** Where each label was in the headers that a file may be of: those that have the most of its labels. */
export function placesOf(
  labels: readonly string[],
  nearest: AcceptedHeader | undefined,
  headers: readonly AcceptedHeader[],
): Map<string, ReadonlySet<number>> {
  const present = new Set(labels);
  const shared = headers.map((header) => header.labels.filter((label) => present.has(label)).length);
  const most = Math.max(0, ...shared);
  const likely = nearest === undefined ? headers.filter((_, i) => shared[i] === most) : [nearest];
  const places = new Map<string, Set<number>>();
  for (const header of likely) {
    for (const [place, sorted] of header.order.entries()) {
      const label = header.labels[sorted]!;
      places.set(label, (places.get(label) ?? new Set()).add(place));
    }
  }
  return places;
}

/**
 * The missing columns, without those that only might be missing: if the begun groups lack as many columns of values as
 * there are unknown ones, no column of another group is looked for among these.
 */
export function withoutOtherGroups(
  missing: readonly Missing[],
  unknown: number,
  nearest: AcceptedHeader | undefined,
  { columns }: Datasource,
): readonly Missing[] {
  const isOfBegun = ({ needed, remembered, accepted }: Missing) => needed && !remembered && columns.has(accepted[0]!);
  const begun = missing.filter(isOfBegun);
  // The remembered header of a group that is begun is that of the file.
  const isKnown = begun.length > 0 && begun.every(({ accepted }) => nearest?.labels.includes(accepted[0]!));
  const sure = missing.filter((one) => isOfBegun(one) || (isKnown && one.needed && columns.has(one.accepted[0]!)));
  return sure.length > 0 && unknown <= sure.length ? missing.filter(({ needed }) => needed) : missing;
}

function missingLabel(label: string, needed: boolean, remembered: boolean): Missing {
  const message = `the column ${quoted(label)} is missing`;
  return { accepted: [label], group: groupOf(label), needed, message, remembered };
}

function absent(labels: readonly string[], seen: ReadonlySet<string>): string[] {
  return [...new Set(labels)].filter((label) => !seen.has(label));
}
