import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Store } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import { type FactsManifest, generationNumber, listGenerations, readManifests } from './facts-manifest';
import type { Pointer } from './pointer';

/*
 * Generations are consumed in the order of their numbers, and distinguished by their whole names. A remote whose listing is
 * late lets two writers take one number. Both are consumed all the same: the one whose name the pointer has, or else the
 * first by name, keeps the number, and the other gets the next one that is free.
 */

/** A generation, with the number by which it is consumed. */
export interface NumberedGeneration {
  readonly name: string;
  readonly number: number;
}

export interface Numbering {
  /** In the order of their numbers. */
  readonly generations: readonly NumberedGeneration[];
  /** Those whose number is not the one of their names. */
  readonly renumbered: Readonly<Record<string, number>>;
  /** The number after all of them. */
  readonly next: number;
  /** The first generation that does not follow the previous one: one between them is missing, or it is none of ours. */
  readonly gap: { readonly name: string; readonly expected: number } | undefined;
  /** What a person should know: two had one number. */
  readonly findings: readonly Finding[];
}

type Known = Pick<Pointer, 'consumed' | 'namedAfter' | 'generations' | 'renumbered'>;

/** Numbers generations as a pointer knows them. The same names and pointer always give the same numbers. */
export function numberGenerations(names: readonly string[], pointer: Known): Numbering {
  const named = new Set(pointer.generations);
  const renumbered: Record<string, number> = { ...pointer.renumbered };
  const numbered: NumberedGeneration[] = [];
  const findings: Finding[] = [];
  const taken = new Set(pointer.generations.map((name) => renumbered[name] ?? generationNumber(name)!));
  const last = Math.max(0, pointer.namedAfter, ...taken, ...Object.values(pointer.consumed));
  const late: string[] = [];
  for (const name of [...names].sort(byNumber)) {
    const number = renumbered[name] ?? generationNumber(name)!;
    const isKnown = named.has(name) || number <= pointer.namedAfter;
    if (!isKnown && (number <= last || taken.has(number))) {
      late.push(name);
      continue;
    }
    if (number <= pointer.namedAfter && numbered.some((one) => one.number === number))
      findings.push(twice(name, number, 'error', UNKNOWN));
    taken.add(number);
    numbered.push({ name, number });
  }
  const gap = firstGap(numbered, last);
  let highest = Math.max(last, ...taken);
  for (const name of late) {
    findings.push(twice(name, generationNumber(name)!, 'warning', 'both are published, this one after the other'));
    renumbered[name] = ++highest;
    numbered.push({ name, number: highest });
  }
  return {
    generations: numbered.sort((a, b) => a.number - b.number || compareText(a.name, b.name)),
    renumbered,
    next: highest + 1,
    gap,
    findings,
  };
}

const UNKNOWN = 'an earlier version consumed one of them and did not record which';

function firstGap(numbered: readonly NumberedGeneration[], last: number): Numbering['gap'] {
  let expected = last + 1;
  for (const { name, number } of numbered) {
    if (number <= last) continue;
    if (number !== expected) return { name, expected };
    expected++;
  }
  return undefined;
}

function byNumber(one: string, other: string): number {
  return generationNumber(one)! - generationNumber(other)! || compareText(one, other);
}

function twice(name: string, number: number, severity: Finding['severity'], what: string): Finding {
  return {
    code: 'generation-twice',
    severity,
    file: `facts/${name}`,
    count: 1,
    found: `two generations of number ${number}`,
    expected: 'one',
    message: `two runs handed facts over as one generation: ${what}`,
    fix:
      severity === 'error'
        ? 'rebuild its months with `warehouse backfill --mode rebuild`'
        : 'never run two refreshes at once; a remote that lists files late can also cause this',
  };
}

/**
 * The generations whose manifests are there.
 * @throws Failure if the remote does not answer
 */
export async function listNumbered(warehouse: Store, pointer: Known): Promise<Numbering> {
  return numberGenerations(await listGenerations(warehouse), pointer);
}

/**
 * Manifests of those generations that are wanted, in order, each with the number by which it is consumed.
 * @throws Failure if one cannot be read
 */
export async function readNumbered(
  { warehouse, work }: OpenWarehouse,
  generations: readonly NumberedGeneration[],
): Promise<FactsManifest[]> {
  const manifests = await readManifests(
    warehouse,
    generations.map(({ name }) => name),
    inWork(work, 'manifests'),
  );
  return manifests.map((manifest, index) => ({ ...manifest, number: generations[index]!.number }));
}

/** A generation that does not follow the previous one, in the words of a report; none if each does. */
export function gapFindings({ gap }: Pick<Numbering, 'gap'>): Finding[] {
  if (gap === undefined) return [];
  const { name, expected } = gap;
  return [
    {
      code: 'generation-gap',
      severity: 'error',
      file: `facts/${name}`,
      count: 1,
      found: `number ${generationNumber(name)}`,
      expected: `number ${expected}`,
      message: 'a generation of facts does not follow the one before it',
      fix: `run it again later if the remote lists new files late; if the manifest of number ${expected} was removed, restore it from the remote’s version history; if nobody recognises facts/${name}, remove that folder`,
    },
  ];
}

/**
 * A generation that does not follow the previous one is not consumed: one between them would come too late, or be skipped
 * forever.
 * @throws Failure (remote-permanent) that names it
 */
export function requireNoGap(numbering: Pick<Numbering, 'gap'>, where: string): void {
  for (const { file, found, expected, message, fix } of gapFindings(numbering))
    throw new Failure({
      stage: 'facts',
      what: message,
      where: `${where}/${file}`,
      found: found!,
      expected: expected!,
      consequence: 'nothing was changed',
      fix,
      class: 'remote-permanent',
      code: 'generation-gap',
    });
}

/**
 * What a pointer says of generations once a run has consumed some.
 * @param consumed what is consumed then
 */
export function namedGenerations(
  pointer: Known,
  { generations, renumbered }: Pick<Numbering, 'generations' | 'renumbered'>,
  consumed: Pointer['consumed'],
): Pick<Pointer, 'generations' | 'renumbered'> {
  const last = Math.max(0, ...Object.values(consumed));
  const fresh = generations.filter(({ number }) => number > pointer.namedAfter && number <= last);
  return withNames(
    pointer,
    renumbered,
    fresh.map(({ name }) => name),
  );
}

/** The same, with more names: of what somebody decided about, which must keep its number. */
export function withNames(
  pointer: Known,
  renumbered: Numbering['renumbered'],
  more: readonly string[],
): Pick<Pointer, 'generations' | 'renumbered'> {
  const names = new Set([...pointer.generations, ...more]);
  const numberOf = (name: string) => renumbered[name] ?? generationNumber(name)!;
  const moved = [...names].filter((name) => name in renumbered).sort();
  return {
    generations: [...names].sort((a, b) => numberOf(a) - numberOf(b)),
    ...(moved.length === 0 ? {} : { renumbered: Object.fromEntries(moved.map((name) => [name, numberOf(name)])) }),
  };
}
