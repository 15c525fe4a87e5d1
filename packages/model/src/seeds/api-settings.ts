import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { type Finding, printable } from '../findings/finding';
import { systemError } from '../findings/io-failure';

/** How the pages of an answer follow each other. */
export type Paging =
  /** `?page=1`, 2, … until a page has no items. */
  | { readonly kind: 'page'; readonly parameter: string; readonly first: number }
  /** The answer names the next page's cursor, which is sent as a parameter. */
  | ({ readonly kind: 'cursor'; readonly parameter: string } & PointerToNext)
  /** The answer names the next page's address, of the same host. */
  | ({ readonly kind: 'next' } & PointerToNext);

/** Null or an empty text there ends the pages. */
export interface PointerToNext {
  readonly pointer: string;
  /** So does nothing at all. Without this it is a mistake: a pointer that is misspelt would end each answer after a page. */
  readonly absentAtEnd?: boolean;
}

/** Which periods are asked for: `{start}` and `{end}` in a text of the settings. */
export interface ApiWindow {
  /** Length of one, in hours. */
  readonly hours: number;
  /** How many completed periods each run requests: later nights request again what one night missed. */
  readonly back: number;
  /** How the API wants its times: seconds since 1970, `2024-10-31T00:00:00Z`, or `2024-10-31`. */
  readonly format: 'epoch' | 'iso' | 'date';
}

/** What to ask an API for, besides its address: `seeds/apis/<datasource_id>.json`. `{NAME}` in a text is a secret. */
export interface ApiSettings {
  /** Below the address of the source's row. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly paging: Paging | undefined;
  readonly window: ApiWindow | undefined;
  /** Where the counted items are, and where their number is. */
  readonly items: string;
  readonly total: string | undefined;
  readonly mostPages: number;
}

export const NO_SETTINGS: ApiSettings = {
  path: '',
  query: {},
  headers: {},
  paging: undefined,
  window: undefined,
  items: '',
  total: undefined,
  mostPages: 100,
};

const texts = { type: 'object', additionalProperties: { type: 'string' } } as const;
const text = { type: 'string', minLength: 1 } as const;
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    path: { type: 'string', pattern: '^(/[^?#]*)?$' },
    query: texts,
    headers: texts,
    paging: {
      type: 'object',
      required: ['kind'],
      oneOf: [
        {
          required: ['parameter', 'first'],
          properties: { kind: { const: 'page' }, parameter: text, first: { type: 'integer', minimum: 0 } },
          additionalProperties: false,
        },
        {
          required: ['parameter', 'pointer'],
          properties: { kind: { const: 'cursor' }, parameter: text, pointer: text, absentAtEnd: { type: 'boolean' } },
          additionalProperties: false,
        },
        {
          required: ['pointer'],
          properties: { kind: { const: 'next' }, pointer: text, absentAtEnd: { type: 'boolean' } },
          additionalProperties: false,
        },
      ],
    },
    window: {
      type: 'object',
      required: ['hours', 'back', 'format'],
      additionalProperties: false,
      properties: {
        hours: { type: 'integer', minimum: 1, maximum: 8784 },
        back: { type: 'integer', minimum: 1, maximum: 100 },
        format: { enum: ['epoch', 'iso', 'date'] },
      },
    },
    items: { type: 'string' },
    total: text,
    mostPages: { type: 'integer', minimum: 1, maximum: 10000 },
  },
} as const;

const validate = new Ajv({ strict: false, validateSchema: false, meta: false }).compile<Partial<ApiSettings>>(SCHEMA);

/** Reads what to ask an API for; without the file it is one plain GET of the row's address. */
export async function readApiSettings(
  seedsFolder: string,
  datasource: string,
  findings: Finding[],
): Promise<ApiSettings> {
  const file = `seeds/apis/${datasource}.json`;
  const complain = (found: string, expected: string) =>
    findings.push({
      code: 'seed-error',
      severity: 'error',
      datasource,
      file,
      count: 1,
      found,
      expected,
      message: 'the settings of the API cannot be used',
      fix: 'correct the file; docs/add-an-api.md explains its fields',
    });
  let settings: unknown;
  try {
    settings = JSON.parse(await readFile(join(seedsFolder, 'apis', `${datasource}.json`), 'utf8'));
  } catch (error) {
    const refused = systemError(error);
    if (refused?.errno === 'ENOENT') return NO_SETTINGS;
    if (refused !== undefined) throw error;
    complain(printable((error as Error).message), 'JSON in UTF-8');
    return NO_SETTINGS;
  }
  if (validate(settings)) {
    const whole: ApiSettings = { ...NO_SETTINGS, ...settings };
    for (const name of secretsOf(whole).filter((one) => FOREIGN.test(one)))
      complain(`{${name}}`, 'the name of a secret of the API');
    if (whole.window === undefined && textsOf(whole).some((one) => /\{(start|end)\}/.test(one)))
      complain('{start} or {end}', 'a window, which says what they are');
    return whole;
  }
  const [error] = validate.errors ?? [];
  complain(`${error?.instancePath || 'the file'} ${error?.message}`, 'the form that its JSON Schema describes');
  return NO_SETTINGS;
}

/** Whether a text is `https://host/path` and nothing else: no user, no query, no placeholder. */
export function isApiAddress(text: string): boolean {
  if (/[?#{}]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}

/** Variables of the runner and of rclone, which no API may be sent. */
const FOREIGN = /^(GITHUB|ACTIONS|RUNNER|RCLONE|INPUT|WAREHOUSE)_/;

/** Whether a secret of an API may have this name. */
export function isSecretName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && !FOREIGN.test(name);
}

const textsOf = ({ path, query, headers }: ApiSettings) => [path, ...Object.values(query), ...Object.values(headers)];

/** The names of all secrets that the settings ask for. */
export function secretsOf(settings: ApiSettings): string[] {
  return [...new Set(textsOf(settings).flatMap(secretsIn))];
}

/** The secrets that a text asks for: `{OPENWEATHER_KEY}`. */
function secretsIn(template: string): string[] {
  return [...template.matchAll(/\{([A-Z][A-Z0-9_]*)\}/g)].map((match) => match[1]!);
}

export function withSecrets(template: string, secretOf: (name: string) => string): string {
  return template.replace(/\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) => secretOf(name));
}
