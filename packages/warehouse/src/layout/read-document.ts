import { printable } from '@sensor-warehouse/model/findings/finding';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { StagedPlan, StagedWindow } from './backfill-documents';
import { manifestMistakes, planMistakes, pointerMistakes, windowMistakes } from './coherence';
import type { FactsManifest } from './facts-manifest';
import type { FileList } from './file-list';
import {
  type Document,
  type DocumentKind,
  FORMAT_STEPS,
  type FormatSteps,
  formatOf,
  parseObject,
  readDocument,
} from './formats';
import type { Pointer } from './pointer';
import type { QuarantineReport } from './quarantine-entry';
import type { Refusal } from './refusals';
import { SCHEMAS } from './schemas';

/** What each kind of document is once it is read. */
export interface Documents {
  readonly pointer: Pointer;
  readonly manifest: FactsManifest;
  readonly marker: { readonly generation: number; readonly version: string; readonly levels?: readonly string[] };
  readonly 'file list': FileList;
  readonly 'quarantine report': QuarantineReport;
  readonly refusals: { readonly refusals: readonly Refusal[] };
  readonly 'backfill plan': StagedPlan;
  readonly 'backfill window': StagedWindow;
  readonly 'last answer': { readonly request: string; readonly etag?: string; readonly lastModified?: string };
}

/** A document that is whole, or all that is wrong with it. */
export type Read<K extends DocumentKind> =
  | { readonly document: Documents[K]; readonly mistakes?: undefined }
  | { readonly document?: undefined; readonly mistakes: readonly string[] };

const COHERENCE: { readonly [K in DocumentKind]?: (document: Documents[K]) => readonly string[] } = {
  pointer: pointerMistakes,
  manifest: manifestMistakes,
  'backfill plan': planMistakes,
  'backfill window': windowMistakes,
};

/** Documents of these formats and newer hold the SHA-256 of all that is in them: one byte that changed is seen. */
const DIGEST_SINCE: Readonly<Partial<Record<DocumentKind, number>>> = {
  pointer: 2,
  manifest: 2,
  'quarantine report': 2,
  refusals: 1,
  'backfill plan': 2,
  'backfill window': 2,
};

/** As many mistakes as a message lists. */
const TOLD = 5;

/**
 * Reads a document of a warehouse: it is of a known format, holds its own digest, fits its schema, and its members fit each
 * other. Whatever its text is, it is a document or a list of mistakes.
 * @param where names it in messages
 * @throws Failure (config) if its format is newer than this program knows
 */
export function readWhole<K extends DocumentKind>(
  kind: K,
  text: string,
  where: string,
  steps: FormatSteps = FORMAT_STEPS,
): Read<K> {
  const stored = parseObject(text);
  const document = readDocument(kind, text, where, steps);
  if (stored === undefined || document === undefined) return { mistakes: ['it is not a JSON object'] };
  // One that holds a digest says so whatever its format says: nobody turns it into one that needs none.
  if (stored.digest !== undefined || formatOf(stored) >= (DIGEST_SINCE[kind] ?? Number.POSITIVE_INFINITY))
    if (stored.digest !== digestOf(stored))
      return { mistakes: ['/digest is not the SHA-256 of the rest: it was changed'] };
  const validate = validatorOf(kind);
  if (!validate(document)) return { mistakes: (validate.errors ?? []).map(schemaMistake) };
  const whole = document as unknown as Documents[K];
  const mistakes = COHERENCE[kind]?.(whole) ?? [];
  return mistakes.length > 0 ? { mistakes } : { document: whole };
}

/** The text of a document, with the digest of all that is in it. */
export function documentText(document: object): string {
  const { digest: _, ...rest } = document as Document;
  return `${JSON.stringify({ ...rest, digest: digestOf(rest) }, null, 2)}\n`;
}

/** The text of a document of some kind in its newest format. */
export function textOf(kind: DocumentKind, document: Document): string {
  return DIGEST_SINCE[kind] === undefined ? `${JSON.stringify(document, null, 2)}\n` : documentText(document);
}

/** SHA-256 of a document without its digest. */
export function digestOf({ digest: _, ...rest }: Document): string {
  return sha256OfBytes(Buffer.from(JSON.stringify(rest), 'utf8'));
}

/** Mistakes as one text for a message; what is in a document was chosen by whoever wrote it. */
export function mistakesText(mistakes: readonly string[]): string {
  const told = mistakes.slice(0, TOLD).map(printable).join('; ');
  return mistakes.length > TOLD ? `${told}; and ${mistakes.length - TOLD} more` : told;
}

const validators = new Map<DocumentKind, ValidateFunction>();

/** Made when the first document of its kind is read: a run reads few kinds. */
function validatorOf(kind: DocumentKind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    validateSchema: false,
    meta: false,
    verbose: true,
  });
  const made = ajv.compile(SCHEMAS[kind]);
  validators.set(kind, made);
  return made;
}

function schemaMistake({ instancePath, keyword, params, parentSchema, data }: ErrorObject): string {
  const at = instancePath === '' ? 'the document' : instancePath;
  if (keyword === 'required') return `${at} lacks ${(params as { missingProperty: string }).missingProperty}`;
  if (keyword === 'additionalProperties')
    return `${at} has ${JSON.stringify((params as { additionalProperty: string }).additionalProperty)}, which its format does not know`;
  const { description, enum: oneOf } = parentSchema as { description?: string; enum?: readonly string[] };
  const expected = description ?? (oneOf === undefined ? keyword : oneOf.join(' or '));
  return `${at} is ${shown(data)}, expected ${expected}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
