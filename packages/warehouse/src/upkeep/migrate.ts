import { writeFile } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { readDocuments, type StoredDocument } from '../layout/documents';
import {
  type DocumentKind,
  FORMAT_STEPS,
  type FormatSteps,
  formatOf,
  newestFormat,
  parseObject,
  readDocument,
  stepsFrom,
} from '../layout/formats';
import { POINTER, POINTER_COPIES, type Pointer } from '../layout/pointer';
import { keepPointerCopy } from '../layout/pointer-copies';
import { textOf } from '../layout/read-document';
import type { Change, OpenWarehouse, Seeds } from '../run/context';
import { inWork } from '../run/in-work';

/** Documents of one kind and format. */
export interface FormatCount {
  readonly kind: DocumentKind;
  /** Undefined for files that cannot be read; they are left as they are. */
  readonly format: number | undefined;
  readonly newest: number;
  readonly files: number;
}

export interface FormatChange {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly what: readonly string[];
}

export interface Migrated {
  readonly formats: readonly FormatCount[];
  /** The changes; in a dry run, those that would be made. */
  readonly changes: readonly FormatChange[];
}

/**
 * Writes every document of an older format in the newest one, the pointer first: from then on an older program stops. This
 * program reads both, so it may be cut short at any document and run again. Copies of the pointer stay as they were
 * written, because their names hold their hashes.
 * @throws Failure (config) if a newer program wrote a document; (remote-temporary) if another run changes one meanwhile
 */
export async function migrate(
  context: OpenWarehouse & Seeds & Change,
  steps: FormatSteps = FORMAT_STEPS,
): Promise<Migrated> {
  const { warehouse, dryRun, say } = context;
  const documents = await readDocuments(context, 'all');
  const newest = documents.map(({ kind, text, path }) => readDocument(kind, text, `${warehouse.name}/${path}`, steps));
  const changes: FormatChange[] = [];
  for (const [index, document] of documents.entries()) {
    const { path, kind, text } = document;
    const before = parseObject(text);
    const ahead = before === undefined ? [] : stepsFrom(kind, before, steps);
    if (ahead.length === 0 || path.startsWith(`${POINTER_COPIES}/`)) continue;
    const change = {
      path,
      from: formatOf(before!),
      to: newestFormat(kind, steps),
      what: ahead.map(({ what }) => what),
    };
    changes.push(change);
    say(`migrate: ${dryRun ? 'would write' : 'writes'} ${path} in format ${change.to}`);
    if (dryRun) continue;
    const after = textOf(kind, newest[index]!);
    await replace(context, document, after);
    if (path === POINTER) await keepPointerCopy(context, newest[index] as unknown as Pointer, after);
  }
  return { formats: countFormats(documents, steps), changes };
}

async function replace(
  { warehouse, work }: OpenWarehouse,
  { path, text }: StoredDocument,
  after: string,
): Promise<void> {
  const where = `${warehouse.name}/${path}`;
  if ((await warehouse.readText(path)) !== text) throw changedMeanwhile(where, 'different text than a moment ago');
  const local = inWork(work, 'migrated.json');
  await writeFile(local, after);
  await warehouse.upload(local, path);
  if ((await warehouse.readText(path)) !== after) throw changedMeanwhile(where, 'different text than was written');
}

function changedMeanwhile(where: string, found: string): Failure {
  return new Failure({
    stage: 'migrate',
    what: 'another run is changing the warehouse',
    where,
    found,
    consequence: 'the documents before it were rewritten',
    fix: 'wait until no workflow is running, then run it again',
    class: 'remote-temporary',
    code: 'stale-run',
  });
}

function countFormats(documents: readonly StoredDocument[], steps: FormatSteps): FormatCount[] {
  const counts = new Map<string, FormatCount>();
  for (const { kind, text } of documents) {
    const document = parseObject(text);
    const format = document === undefined ? undefined : formatOf(document);
    const key = `${kind} ${format}`;
    const files = 1 + (counts.get(key)?.files ?? 0);
    counts.set(key, { kind, format, newest: newestFormat(kind, steps), files });
  }
  return [...counts.values()].sort((a, b) => compareText(a.kind, b.kind) || (a.format ?? 0) - (b.format ?? 0));
}
