import { ID_PATTERN } from '@sensor-warehouse/model/seeds/seed-schemas';

/*
 * The names of everything in a warehouse. They are built from parts that were checked, and parsed into such parts; a path
 * that a document says is only believed if it is the one that follows from the document's other parts.
 */

export type StoredName =
  | { readonly kind: 'pointer' }
  | { readonly kind: 'pointer copy'; readonly generation: number; readonly hash: string }
  | { readonly kind: 'raw copy'; readonly datasource: string; readonly generation: string; readonly name: string }
  | { readonly kind: 'manifest' | 'facts'; readonly generation: string }
  | {
      readonly kind: 'archive';
      readonly datasource: string;
      readonly month: string;
      readonly revision: number;
      readonly hash: string;
    }
  | { readonly kind: 'hours'; readonly datasource: string; readonly month: string; readonly hash: string }
  | {
      readonly kind: 'level windows';
      readonly datasource: string;
      readonly month: string;
      readonly level: string;
      readonly hash: string;
    }
  | { readonly kind: 'legacy hours'; readonly month: string; readonly hash: string }
  | { readonly kind: 'quality report'; readonly generation: string; readonly hash: string }
  | { readonly kind: 'quarantine'; readonly datasource: string; readonly name: string }
  | { readonly kind: 'refusals' }
  | { readonly kind: 'marker' }
  | { readonly kind: 'stable copy'; readonly name: string }
  | { readonly kind: 'version file'; readonly version: string; readonly name: string }
  /** Of windows, such as `additive_2024-10.hourly.csv`. */
  | { readonly kind: 'window csv'; readonly measurement: string; readonly month: string; readonly level: string }
  /** The CSV of a level that is a dbt model, such as `agg_weekly_2024-10.csv`. */
  | { readonly kind: 'model csv'; readonly level: string; readonly month: string }
  | { readonly kind: 'backfill plan'; readonly digest: string }
  | { readonly kind: 'backfill window'; readonly digest: string; readonly window: string }
  | { readonly kind: 'answer'; readonly datasource: string; readonly name: string }
  | { readonly kind: 'last answer'; readonly datasource: string };

type Parts = Readonly<Record<string, string | number>>;

/** What each part of a name looks like; nothing in it can lead out of its folder. */
export const PART_PATTERNS = {
  datasource: ID_PATTERN.slice(1, -1),
  level: ID_PATTERN.slice(1, -1),
  measurement: 'additive|nonadditive',
  month: '[0-9]{4}-(?:0[1-9]|1[0-2])',
  /** Number and eight digits of a hash. */
  generation: '(?:[0-9]{6}|[1-9][0-9]{6,11})-[0-9a-f]{8}',
  /** `2024.11.42-0a1b2c3d`, or what earlier programs wrote (see layout/version-name). */
  version: '(?:[0-9]{4}\\.(?:0[0-9]|1[0-2])\\.[1-9][0-9]{0,11}|[0-9]{6}|[1-9][0-9]{6,11})-[0-9a-f]{8}',
  number: '[0-9]{6}|[1-9][0-9]{6,11}',
  revision: '[1-9][0-9]{0,11}',
  hash: '[0-9a-f]{8}',
  digest: '[0-9a-f]{16}',
  window: `(?:${ID_PATTERN.slice(1, -1)})_[0-9]{4}-(?:0[1-9]|1[0-2])_[0-9]{4}-(?:0[1-9]|1[0-2])`,
  /** A file's own name: no folder, no control character, neither `.` nor `..`. */
  name: '(?!\\.{1,2}$)[^/\\u0000-\\u001f\\u007f]{1,255}',
} as const;

type Part = keyof typeof PART_PATTERNS;

/** Ordered so that the first that fits a path is the right one. */
const TEMPLATES: readonly (readonly [kind: StoredName['kind'], template: string])[] = [
  ['pointer', 'warehouse.json'],
  ['pointer copy', 'pointers/{number}-{hash}.json'],
  ['raw copy', 'raw/{datasource}/{generation}/{name}'],
  ['manifest', 'facts/{generation}/manifest.json'],
  ['facts', 'facts/{generation}/fact.parquet'],
  ['archive', 'archive/{datasource}/{month}.r{revision}-{hash}.parquet'],
  ['hours', 'aggregates/{datasource}/{month}.{hash}.parquet'],
  ['level windows', 'aggregates/{datasource}/{month}.{level}.{hash}.parquet'],
  ['legacy hours', 'legacy/{month}.{hash}.parquet'],
  ['quality report', 'quality/{generation}-{hash}.json'],
  ['quarantine', 'quarantine/{datasource}/{name}'],
  ['refusals', 'refusals.json'],
  ['marker', 'public/latest.json'],
  ['version file', 'public/versions/{version}/{name}'],
  ['stable copy', 'public/{name}'],
  ['window csv', 'normalized/{measurement}_{month}.{level}.csv'],
  ['model csv', 'normalized/{level}_{month}.csv'],
  ['backfill plan', 'staging/backfill/{digest}/plan.json'],
  ['backfill window', 'staging/backfill/{digest}/{window}.json'],
  ['last answer', 'apis/{datasource}/last-answer.json'],
  ['answer', 'apis/{datasource}/upload/{name}'],
];

const FORMS = TEMPLATES.map(([kind, template]) => ({ kind, template, pattern: patternOf(template) }));

function patternOf(template: string): RegExp {
  const source = template
    .split(/(\{\w+\})/)
    .map((piece) => {
      const part = /^\{(\w+)\}$/.exec(piece)?.[1] as Part | undefined;
      return part === undefined ? piece.replaceAll('.', '\\.') : `(?<${part}>${PART_PATTERNS[part]})`;
    })
    .join('');
  return new RegExp(`^${source}$`, 'u');
}

/**
 * The path of something in a warehouse, below its folder.
 * @throws RangeError if a part is not what such a part looks like, because it would lead elsewhere
 */
export function pathOf(name: StoredName): string {
  const { template } = FORMS.find(({ kind }) => kind === name.kind)!;
  const parts = writtenParts(name as unknown as Parts);
  const path = template.replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '');
  const again = parsePath(path);
  if (again === undefined || !sameName(again, name))
    throw new RangeError(`no name of a ${name.kind} can be made of ${JSON.stringify(name)}`);
  return path;
}

/** What is at a path of a warehouse; undefined for names that nothing in a warehouse has. */
export function parsePath(path: string): StoredName | undefined {
  for (const { kind, pattern } of FORMS) {
    const match = pattern.exec(path);
    if (match !== null) return { kind, ...readParts(match.groups ?? {}) } as StoredName;
  }
  return undefined;
}

/** Made once: lists of names are sorted by their parts. */
const WHOLE_PARTS = new Map(
  Object.entries(PART_PATTERNS).map(([part, pattern]) => [part, new RegExp(`^(?:${pattern})$`, 'u')]),
);

/** Whether a text is, as a whole, such a part of a name. */
export function isPart(part: Part, text: string): boolean {
  return WHOLE_PARTS.get(part)!.test(text);
}

/** Number of a generation or of a pointer in a name: six digits or more, so that names sort as their numbers do. */
export function paddedNumber(number: number): string {
  return String(number).padStart(6, '0');
}

function writtenParts(name: Parts): Record<string, string> {
  const written = Object.fromEntries(Object.entries(name).map(([part, value]) => [part, String(value)]));
  return name.kind === 'pointer copy' ? { ...written, number: paddedNumber(Number(name.generation)) } : written;
}

function readParts({ number, revision, ...parts }: Readonly<Record<string, string>>): Parts {
  return {
    ...parts,
    ...(number === undefined ? {} : { generation: Number(number) }),
    ...(revision === undefined ? {} : { revision: Number(revision) }),
  };
}

function sameName(one: StoredName, other: StoredName): boolean {
  const keys = Object.keys(one) as (keyof StoredName)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
