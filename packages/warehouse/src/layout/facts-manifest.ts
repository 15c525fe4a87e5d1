import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileCounts, Period } from '@sensor-warehouse/intake/report/report';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { Store } from '@sensor-warehouse/storage/store';
import { isPart, parsePath, pathOf } from './names';
import { mistakesText, readWhole } from './read-document';

/** What a manifest says of the facts of a source, and they do not. */
export interface Difference {
  readonly datasource: string;
  /** Places in the facts, and series, that differ. */
  readonly count: number;
  /** The first of them. */
  readonly first: string;
}

/** One accepted upload of a generation. */
export interface ManifestFile {
  readonly datasource: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly modified: number;
  /** Order of arrival within its datasource: the later one wins. */
  readonly ordinal: number;
  readonly counts: FileCounts;
  /** Readings that fit no mapping; with a corrected mapping the same upload gives them. */
  readonly rejected: number;
  /** What its rows cover, and under which reading of their times; a file without it may hold any month. */
  readonly covers?: Period & { readonly timeRules: string };
}

/** `facts/<generation>/manifest.json`: written last, so a generation without it does not exist. */
export interface FactsManifest {
  readonly format: 2;
  readonly generation: string;
  /** The one by which it is consumed (see layout/generations). */
  readonly number: number;
  readonly files: readonly ManifestFile[];
  readonly sources: readonly ManifestSource[];
  /** What the facts hold, in the order of their file. */
  readonly series: readonly FactSeries[];
  readonly facts: { readonly file: string; readonly sha256: string; readonly bytes: number; readonly rows: number };
  readonly findings: readonly Finding[];
}

/**
 * Facts of one key in one month. Their file is sorted by datasource, month and key, so these counts say where each begins
 * and ends in it, and the facts of a month can be read without those of the others.
 */
export interface FactSeries {
  readonly datasource: string;
  /** UTC month. */
  readonly month: Month;
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly facts: number;
}

export interface ManifestSource {
  readonly datasource: string;
  /** Whether an upload of this source is refused and holds, or cannot be taken: its facts wait until that is settled. */
  readonly held: boolean;
  readonly refused: readonly string[];
  readonly facts: number;
  readonly readings: number;
  readonly empty: number;
  /** Why its API gave no answer, as the code of a finding; not there if it did, and of sources that are no API. */
  readonly undelivered?: string;
}

/** `000012-1a2b3c4d` → 12; undefined for other names. */
export function generationNumber(generation: string): number | undefined {
  return isPart('generation', generation) ? Number(generation.split('-')[0]) : undefined;
}

/** @throws Failure if it is there and cannot be read: its facts are neither published nor left out silently */
export async function readManifest(warehouse: Store, generation: string): Promise<FactsManifest | undefined> {
  const text = await warehouse.readText(manifestPath(generation));
  return text === undefined ? undefined : parseManifest(text, warehouse, generation);
}

/** Reads the manifests of many generations at once, by way of a folder here. @throws Failure if one cannot be read */
export async function readManifests(
  warehouse: Store,
  generations: readonly string[],
  folder: string,
): Promise<FactsManifest[]> {
  const local = (generation: string) => join(folder, `${generation}.json`);
  await warehouse.downloadAll(new Map(generations.map((one) => [manifestPath(one), local(one)])));
  const texts = await Promise.all(generations.map((one) => readFile(local(one), 'utf8')));
  return texts.map((text, index) => parseManifest(text, warehouse, generations[index]!));
}

export function manifestPath(generation: string): string {
  return pathOf({ kind: 'manifest', generation });
}

function parseManifest(text: string, warehouse: Store, generation: string): FactsManifest {
  const where = `${warehouse.name}/${manifestPath(generation)}`;
  const read = readWhole('manifest', text, where);
  const mistakes = read.mistakes ?? otherGeneration(read.document, generation);
  if (read.document !== undefined && mistakes.length === 0) return read.document;
  throw new Failure({
    stage: 'facts',
    what: 'a manifest of facts cannot be read',
    where,
    found: mistakesText(mistakes),
    expected: `the whole manifest of generation ${generation}`,
    fix: 'restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'manifest-damaged',
  });
}

function otherGeneration({ generation }: FactsManifest, folder: string): readonly string[] {
  return generation === folder ? [] : [`/generation is ${generation}`];
}

/** Names of the generations whose manifest is there, in the order of the numbers in them. */
export async function listGenerations(warehouse: Store): Promise<string[]> {
  const files = await warehouse.list('facts');
  const names = files.flatMap(({ path }) => {
    const name = parsePath(path);
    return name?.kind === 'manifest' ? [name.generation] : [];
  });
  return names.sort((a, b) => generationNumber(a)! - generationNumber(b)! || compareText(a, b));
}
