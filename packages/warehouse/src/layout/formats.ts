import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';

/*
 * Documents of a warehouse say their format. One that says none is of format 1, as all are that 0.1.0 wrote. A document of
 * an older format is changed as it is read; one of a newer format stops whatever reads it, because it is not damage.
 */

export type DocumentKind =
  | 'pointer'
  | 'manifest'
  | 'marker'
  | 'file list'
  | 'quarantine report'
  | 'refusals'
  | 'backfill plan'
  | 'backfill window'
  | 'last answer';

export type Document = Readonly<Record<string, unknown>>;

/** Makes a document of format N one of format N + 1, which it need not write into it. */
export interface FormatStep {
  /** For people who want to know what `warehouse migrate` would do. */
  readonly what: string;
  readonly change: (document: Document) => Document;
}

/** The steps of each kind from format 1 to 2, from 2 to 3, and so on. */
export type FormatSteps = Readonly<Partial<Record<DocumentKind, readonly FormatStep[]>>>;

const ownDigest: FormatStep = { what: 'holds a digest of the whole document', change: (document) => document };

export const FORMAT_STEPS: FormatSteps = {
  pointer: [
    {
      what: 'names the consumed generations, and holds a digest of the whole document',
      change: (pointer) => ({ ...pointer, namedAfter: highestConsumed(pointer), generations: [] }),
    },
    { what: 'may name an older version of the dataset that readers see', change: (pointer) => pointer },
    { what: 'remembers what the versions of the dataset changed', change: (pointer) => pointer },
  ],
  manifest: [ownDigest],
  'quarantine report': [ownDigest],
  'backfill plan': [ownDigest],
  'backfill window': [ownDigest],
};

/** Whatever stands there: a pointer that is damaged is read as far as this before that is seen. */
function highestConsumed({ consumed }: Document): number {
  const numbers = Object.values((consumed ?? {}) as Document).filter((one) => typeof one === 'number');
  return Math.max(0, ...numbers);
}

export function newestFormat(kind: DocumentKind, steps: FormatSteps = FORMAT_STEPS): number {
  return 1 + (steps[kind]?.length ?? 0);
}

/**
 * A document in the newest format; undefined if the text is not an object of JSON.
 * @param where names the document in the warehouse
 * @throws Failure (config) if its format is newer than this program knows
 */
export function readDocument(
  kind: DocumentKind,
  text: string,
  where: string,
  steps: FormatSteps = FORMAT_STEPS,
): Document | undefined {
  const document = parseObject(text);
  if (document === undefined) return undefined;
  if (isNewer(kind, document, steps)) throw warehouseNewer(kind, document, where, steps);
  return stepsFrom(kind, document, steps).reduce(
    (changed, { change }, index) => ({ ...change(changed), format: formatOf(document) + index + 1 }),
    document,
  );
}

/** The steps that lead a document to the newest format. */
export function stepsFrom(kind: DocumentKind, document: Document, steps: FormatSteps): readonly FormatStep[] {
  const format = formatOf(document);
  return format < 1 ? [] : (steps[kind] ?? []).slice(format - 1);
}

/** NaN if it says something that is not a number. */
export function formatOf({ format }: Document): number {
  if (format === undefined) return 1;
  return Number.isInteger(format) ? (format as number) : Number.NaN;
}

export function parseObject(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

/** What says its format in words is newer, too: to take it for damage would put an older document in its place. */
function isNewer(kind: DocumentKind, document: Document, steps: FormatSteps): boolean {
  return !(formatOf(document) <= newestFormat(kind, steps));
}

function warehouseNewer(kind: DocumentKind, { format }: Document, where: string, steps: FormatSteps): Failure {
  return new Failure({
    stage: 'formats',
    what: `this program is older than the warehouse: it does not know the format of a ${kind}`,
    where: printable(where),
    found: `format ${printable(JSON.stringify(format))}`,
    expected: `format ${newestFormat(kind, steps)} or older`,
    consequence: 'nothing was changed',
    fix: 'upgrade the program, the actions as well as the command, to the version that wrote it',
    class: 'config',
    code: 'warehouse-newer',
  });
}
