import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Month } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes, sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { LabelReading } from './label-reading';
import { documentText, mistakesText, readWhole } from './read-document';
import type { ReleaseHistory } from './releases';

/** A file of the warehouse as the pointer names it. */
export interface PointedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** Readings of one source and UTC month. */
export interface Partition {
  readonly datasource: string;
  readonly month: Month;
  readonly revision: number;
  readonly archive: PointedFile;
  readonly aggregates: PointedFile;
  /** Files of own levels that hours cannot give, by levelDefinition; of those that it was made with. */
  readonly levels?: Readonly<Record<string, PointedFile>>;
  /** False while the month's last window is still open by the run's clock. */
  readonly complete: boolean;
  /** Number of the last generation of facts that was merged into it. */
  readonly facts: number;
  /** Names what its flags and hours follow from besides its readings (see rulesDigest). */
  readonly rules: string;
  /**
   * The revision before, if this one is that one with later facts merged into it. A partition that was rebuilt from
   * the raw copies has none.
   */
  readonly previous?: PreviousRevision;
}

/** The next revision can be rebuilt from this archive and the facts after `facts`. */
export interface PreviousRevision {
  readonly revision: number;
  readonly archive: PointedFile;
  readonly facts: number;
}

/** What a person decided about facts that were held. */
export interface Settlement {
  readonly datasource: string;
  /** Number of the generation; a discarded one never enters the archive, a released one enters it as it is. */
  readonly generation: number;
  /** Its whole name; older settlements have none. */
  readonly name?: string;
  readonly verdict: 'released' | 'discarded';
  readonly reason: string;
}

/** Hours of one UTC month as an earlier pipeline published them. They are part of no partition. */
export interface LegacyMonth extends PointedFile {
  readonly month: Month;
  /** How the labels of the old files were read. */
  readonly labels: LabelReading;
}

/** A version of the dataset with all its files. */
export interface DatasetFiles {
  readonly version: string;
  readonly files: readonly PointedFile[];
}

/** `warehouse.json`: the one file that says what is published. Written last, read back, never guessed. */
export interface Pointer {
  readonly format: 4;
  readonly generation: number;
  /** Datasource → number of the last consumed generation of facts (see layout/generations). */
  readonly consumed: Readonly<Record<string, number>>;
  /** Generations to this number were consumed before pointers named them. */
  readonly namedAfter: number;
  /** The whole names of the later ones that a source has consumed, or that were settled, in the order of their numbers. */
  readonly generations: readonly string[];
  /** Those that have another number than their name says, because an earlier one has it; none if it is not there. */
  readonly renumbered?: Readonly<Record<string, number>>;
  readonly partitions: readonly Partition[];
  /** Ordered by datasource and generation. */
  readonly settled: readonly Settlement[];
  /** The newest version of the dataset. */
  readonly public: DatasetFiles;
  /** An older version that a person put back: it has the stable names until it is unpinned, while nights make newer ones. */
  readonly pinned?: DatasetFiles;
  /** `normalized/*` as they follow from the partitions, with the generation that last changed each. */
  readonly normalized: readonly (PointedFile & { readonly since: number })[];
  /** Definitions of the own levels that are in `normalized`; none if it is not there. Each begins with its name. */
  readonly levels?: readonly string[];
  /** What `import-legacy` brought, in order of month; none if it is not there. */
  readonly legacy?: readonly LegacyMonth[];
  /** What the versions of the dataset changed; none if the newest one is of a program that did not remember it. */
  readonly releases?: ReleaseHistory;
}

export const POINTER = 'warehouse.json';
/** Holds a copy of each pointer that was written, under names of their own (see layout/pointer-copies). */
export const POINTER_COPIES = 'pointers';
/** Written after the stable copies: says which generation they belong to. */
export const STABLE = 'public/latest.json';

export const EMPTY_POINTER: Pointer = {
  format: 4,
  generation: 0,
  consumed: {},
  namedAfter: 0,
  generations: [],
  partitions: [],
  settled: [],
  public: { version: '', files: [] },
  normalized: [],
};

/** The version that readers find under the stable names. */
export function shownVersion({ public: newest, pinned }: Pick<Pointer, 'public' | 'pinned'>): DatasetFiles {
  return pinned ?? newest;
}

/** A pointer with its exact text in the warehouse; undefined where nothing was published. */
export interface WrittenPointer {
  readonly pointer: Pointer;
  readonly text: string | undefined;
}

/** The pointer with its exact text, so that a change by somebody else can be seen before it is replaced. */
export async function readPointer(warehouse: Store): Promise<WrittenPointer> {
  const text = await warehouse.readText(POINTER);
  if (text === undefined) {
    await requireNeverPublished(warehouse);
    return { pointer: EMPTY_POINTER, text };
  }
  return { pointer: parsePointer(warehouse, POINTER, text), text };
}

/**
 * A pointer, or a copy of one, in the newest format.
 * @throws Failure (remote-permanent) if the text is not an intact pointer; (config) if a newer program wrote it
 */
export function parsePointer(warehouse: Store, path: string, text: string): Pointer {
  const where = `${warehouse.name}/${path}`;
  const read = readWhole('pointer', text, where);
  if (read.document === undefined) throw damaged(where, mistakesText(read.mistakes));
  return read.document;
}

/**
 * A warehouse whose pointer is gone is not an empty one: a run would start from scratch over what is published. Copies are made
 * after the first pointer, so they distinguish the two, and the remains of a first run that was cut short do not.
 */
async function requireNeverPublished(warehouse: Store): Promise<void> {
  const copy = (await warehouse.listHere(POINTER_COPIES))[0]?.path;
  const remains = copy ?? ((await warehouse.readText(STABLE)) === undefined ? undefined : STABLE);
  if (remains === undefined) return;
  throw new Failure({
    stage: 'pointer',
    what: 'the pointer of the warehouse is missing',
    where: `${warehouse.name}/${POINTER}`,
    found: `no ${POINTER}, but ${remains}`,
    expected: 'the pointer of what was published',
    fix: 'run `warehouse heal`: it restores the newest intact copy of the pointer',
    class: 'remote-permanent',
    code: 'pointer-missing',
  });
}

/**
 * Names a pointer by its generation and text. The stages of a job pass it on: months that were merged from one pointer
 * are never published over another.
 */
export function pointerDigest(text: string | undefined): string {
  if (text === undefined) return 'none';
  const { generation } = JSON.parse(text) as Pointer;
  return `${generation}-${sha256OfBytes(Buffer.from(text, 'utf8'))}`;
}

/** @throws Failure (remote-temporary) if another run published since the job's first stage */
export function requireSamePointer(stage: string, text: string | undefined, digest: string, where: string): void {
  const found = pointerDigest(text);
  if (found === digest) return;
  throw new Failure({
    stage,
    what: 'another run published meanwhile',
    where,
    found: pointerInWords(found),
    expected: `${pointerInWords(digest)}, as when this run began`,
    fix: 'run it again; it starts from the newer version',
    class: 'remote-temporary',
    code: 'stale-run',
  });
}

function pointerInWords(digest: string): string {
  const [generation, sha256] = digest.split('-');
  return sha256 === undefined ? 'no pointer' : `generation ${generation} (SHA-256 ${sha256.slice(0, 8)}…)`;
}

export function pointerText(pointer: Pointer): string {
  return documentText(pointer);
}

function damaged(where: string, found: string): Failure {
  return new Failure({
    stage: 'pointer',
    what: 'the pointer of the warehouse cannot be read',
    where,
    found,
    expected: 'an intact pointer',
    fix: 'run `warehouse heal`: it restores the newest intact copy of the pointer',
    class: 'remote-permanent',
    code: 'pointer-damaged',
  });
}

/** @throws Failure if a file of the warehouse does not match the pointer */
export async function requireHash(local: string, file: PointedFile, warehouse: string): Promise<void> {
  const found = await sha256OfFile(local);
  if (found === file.sha256) return;
  throw new Failure({
    stage: 'pointer',
    what: 'a file of the warehouse does not match the pointer',
    where: `${warehouse}/${file.path}`,
    found: `SHA-256 ${found}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'run `warehouse heal`, or restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'hash-count',
  });
}
