import { PART_PATTERNS } from './names';
import { RELEASE_CAUSES } from './releases';

/*
 * What the documents of a warehouse hold, as JSON Schemas of their newest formats. A field that is not named here is
 * refused: whoever adds one raises the format.
 */

const whole = (pattern: string, description: string) => ({ type: 'string', pattern: `^(?:${pattern})$`, description });
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a count' };
const positive = { ...count, minimum: 1, description: 'a number from 1' };
const instant = { type: 'number', description: 'milliseconds since 1970' };
const text = { type: 'string', description: 'a text' };
const flag = { type: 'boolean', description: 'true or false' };
const sha256 = whole('[0-9a-f]{64}', 'a SHA-256');
const datasource = whole(PART_PATTERNS.datasource, 'the id of a source');
const month = whole(PART_PATTERNS.month, 'a month such as 2024-03');
const generation = whole(PART_PATTERNS.generation, 'the name of a generation such as 000012-1a2b3c4d');
const rules = whole('[0-9a-f]{8,64}', 'a digest of rules');
/** A name as it came, whatever it holds, that leads nowhere. */
const uploadName = whole('(?!\\.{1,2}$)[^/\\u0000]{1,4096}', 'the name of an upload');
const texts = { type: 'array', items: text, description: 'a list of texts' };
/** The pointer that a plan follows from. */
const pointerDigest = whole('none|[0-9]{1,12}-[0-9a-f]{64}', 'the digest of a pointer');

interface Fields {
  readonly [name: string]: object;
}

/** An object with these fields and no others; those of `optional` may be left out. */
function object(fields: Fields, optional: Fields = {}) {
  return {
    type: 'object',
    properties: { ...fields, ...optional },
    required: Object.keys(fields),
    additionalProperties: false,
    description: 'an object',
  };
}

const list = (items: object, more: object = {}) => ({ type: 'array', items, description: 'a list', ...more });
const perSource = (values: object) => ({
  type: 'object',
  patternProperties: { [datasource.pattern]: values },
  additionalProperties: false,
  description: 'a value for each source',
});

const file = { path: text, sha256, bytes: count, rows: count };
const pointedFile = object(file);
const levels = {
  type: 'object',
  patternProperties: { '^[a-z][a-z0-9_]{0,59} ': pointedFile },
  additionalProperties: false,
  description: 'a file for each definition of a level',
};
const partition = {
  datasource,
  month,
  revision: positive,
  archive: pointedFile,
  aggregates: pointedFile,
  complete: flag,
  facts: count,
  rules,
};
const previous = object({ revision: positive, archive: pointedFile, facts: count });
/** How the labels of imported files were read. */
const labels = object({ label: { enum: ['end', 'start'] }, zone: text });

/** Whole names of versions, and names as people cite them. */
const version = whole(PART_PATTERNS.version, 'the name of a version');
const versionOrNone = whole(`|${PART_PATTERNS.version}`, 'the name of a version');
const cited = whole('[0-9]{4}\\.[0-9]{2}\\.[0-9]{1,12}|[0-9]{6,12}', 'the name of a version such as 2024.11.42');
const citedOrNone = { ...cited, pattern: `^$|${cited.pattern}` };
const excerptOf = (items: object) => object({ some: list(items), more: count });
const differenceOf = (items: object) => object({ added: excerptOf(items), gone: excerptOf(items) });
const changedPart = object({ name: text, added: count, removed: count, changed: count });
const changedHour = object({
  ...{ time: text, location: text, source: text, dataKey: text },
  ...{ before: { type: 'number' }, after: { type: 'number' } },
});
const exclusion = object({ location: text, dataKey: text, from: text, to: text, reason: text });
const release = object(
  {
    version: cited,
    from: citedOrNone,
    cause: { enum: RELEASE_CAUSES },
    hours: count,
    late: excerptOf(month),
    gone: object({ months: excerptOf(month), locations: excerptOf(text) }),
    sources: differenceOf(text),
    structure: differenceOf(text),
    held: texts,
    exclusions: differenceOf(exclusion),
  },
  {
    period: object({ from: text, to: text }),
    changes: object({
      ...{ added: count, removed: count, changed: count },
      ...{ tables: excerptOf(changedPart), months: excerptOf(changedPart), locations: excerptOf(changedPart) },
      largest: list(changedHour),
    }),
    pinned: cited,
  },
);
const releases = object({
  newest: object({ sources: texts, held: texts, exclusions: list(exclusion) }),
  releases: list(release),
});

const pointer = object(
  {
    format: { const: 4 },
    generation: count,
    consumed: perSource(count),
    namedAfter: count,
    generations: list(generation, { uniqueItems: true }),
    partitions: list(object(partition, { levels, previous })),
    settled: list(
      object(
        { datasource, generation: positive, verdict: { enum: ['released', 'discarded'] }, reason: text },
        { name: generation },
      ),
    ),
    public: object({ version: versionOrNone, files: list(pointedFile) }),
    normalized: list(object({ ...file, since: count })),
  },
  {
    pinned: object({ version, files: list(pointedFile) }),
    renumbered: { type: 'object', patternProperties: { [generation.pattern]: positive }, additionalProperties: false },
    levels: list(whole('[a-z][a-z0-9_]{0,59} .*', 'the definition of a level')),
    legacy: list(object({ ...file, month, labels })),
    releases,
    digest: sha256,
  },
);

const counts = object({
  lines: count,
  landed: count,
  quarantined: count,
  cells: count,
  readings: count,
  empty: count,
  ignored: count,
  cellsQuarantined: count,
});

const edit = { type: 'object', properties: { kind: text }, required: ['kind'], description: 'an edit of a seed' };
const severity = { enum: ['error', 'warning', 'info'] };
const findingOf = (words: object, edits: object) =>
  object(
    { code: words, severity, count, message: words, fix: words },
    {
      datasource: words,
      file: text,
      line: count,
      column: text,
      found: words,
      expected: words,
      evidence: words,
      accept: object({ id: words, edits: list(edits) }),
    },
  );
const finding = findingOf(text, edit);

/** A text of one line that obeys nobody: it is printed as it stands. */
const printed = whole('[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]*', 'a printable text of one line');
const seedEdit = {
  anyOf: [
    object({ kind: { const: 'set' }, seed: { const: 'datasources_config' }, column: text, from: text, to: text }),
    object({ kind: { const: 'add' }, seed: printed, row: { type: 'object', additionalProperties: text } }),
    object({ kind: { const: 'alias' }, label: text, standsFor: text }),
    object({ kind: { const: 'header' }, labels: texts }),
    object({ kind: { const: 'forget' }, label: text }),
  ],
  description: 'an edit of a seed',
};

/** Verdicts that stand: their findings are reported again, so they must be fit to be printed. */
const refusals = object(
  {
    format: { const: 1 },
    refusals: list(
      object({
        datasource,
        file: uploadName,
        sha256,
        rules: sha256,
        counts,
        findings: list(findingOf(printed, seedEdit)),
        holds: flag,
      }),
    ),
  },
  { digest: sha256 },
);

const manifest = object(
  {
    format: { const: 2 },
    generation,
    number: positive,
    files: list(
      object(
        { datasource, name: text, sha256, bytes: count, modified: instant, ordinal: positive, counts, rejected: count },
        { covers: object({ first: instant, last: instant, timeRules: text }) },
      ),
    ),
    sources: list(
      object(
        { datasource, held: flag, refused: texts, facts: count, readings: count, empty: count },
        { undelivered: text },
      ),
      { minItems: 1, description: 'a list of one source or more' },
    ),
    series: list(
      object({
        datasource,
        month,
        location: text,
        source: text,
        measurement: { enum: ['additive', 'nonadditive'] },
        dataKey: text,
        facts: positive,
      }),
    ),
    facts: object({ file: { const: 'fact.parquet' }, sha256, bytes: count, rows: count }),
    findings: list(finding),
  },
  { digest: sha256 },
);

const marker = object(
  { generation: count, version: versionOrNone },
  { format: { const: 1 }, levels: list(whole(PART_PATTERNS.level, 'the name of a level')) },
);

const quarantineReport = object(
  {
    format: { const: 2 },
    datasource,
    file: uploadName,
    sha256,
    verdict: { enum: ['accepted', 'refused'] },
    counts,
    findings: list(finding),
    rows: list(object({ line: positive, lastLine: positive, code: text })),
    headerLine: count,
    whole: flag,
  },
  { digest: sha256 },
);

const order = object(
  {
    from: month,
    to: month,
    mode: { enum: ['missing', 'stale', 'all', 'rebuild'] },
    maxMonths: positive,
    allowFewer: flag,
  },
  { datasource },
);

const backfillPlan = object(
  {
    format: { const: 2 },
    pointer: pointerDigest,
    order,
    windows: list(
      object({
        name: whole(PART_PATTERNS.window, 'the name of a window'),
        datasource,
        how: { enum: ['aggregate', 'rebuild'] },
        months: list(
          object({
            month,
            reasons: list({
              enum: ['not-published', 'archive-absent', 'aggregates-absent', 'rules-changed', 'asked-for'],
            }),
            readings: count,
          }),
          { minItems: 1, description: 'a list of one month or more' },
        ),
      }),
    ),
  },
  { windowMonths: positive, code: text, digest: sha256 },
);

const backfillWindow = object(
  {
    format: { const: 2 },
    partitions: list(object({ ...partition, rowsBefore: count }, { levels, previous })),
  },
  {
    plan: whole(PART_PATTERNS.digest, 'the digest of a plan'),
    window: whole(PART_PATTERNS.window, 'the name of a window'),
    asBefore: list(month),
    digest: sha256,
  },
);

const lastAnswer = object({ request: text }, { format: { const: 1 }, etag: text, lastModified: text });

const isoInstant = whole('[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z', 'an instant of UTC');
const period = object({ from: isoInstant, to: isoInstant });
/** `files.json` of a version: what readers who cannot list a folder need. */
const fileList = object(
  {
    format: { const: 1 },
    dataset: object({ name: text, title: text, license: text, citation: text, timezone: text }),
    version: text,
    files: list(
      object(
        { name: whole(PART_PATTERNS.name, 'the name of a file'), bytes: count, sha256, rows: count },
        {
          table: text,
          year: count,
          period,
          madeFrom: whole(PART_PATTERNS.digest, 'a digest of what it was made from'),
          columns: list(
            object({ name: text, rows: count, nulls: count }, { minimum: text, maximum: text, example: text }),
          ),
        },
      ),
    ),
  },
  { period },
);

export const SCHEMAS = {
  'file list': fileList,
  pointer,
  manifest,
  marker,
  'quarantine report': quarantineReport,
  refusals,
  'backfill plan': backfillPlan,
  'backfill window': backfillWindow,
  'last answer': lastAnswer,
} as const;
