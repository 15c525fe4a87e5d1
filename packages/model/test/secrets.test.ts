import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable, quoted, withoutSecretsIn } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { inert } from '@sensor-warehouse/model/findings/markdown';
import { escapeMarkdown } from '@sensor-warehouse/model/secrets/escapes';
import {
  forgetSecrets,
  HIDDEN,
  keepPrivate,
  keepSecret,
  withoutSecrets,
} from '@sensor-warehouse/model/secrets/secrets';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';
import { afterEach, describe, expect, test } from 'vitest';

afterEach(forgetSecrets);

const SECRET = 'CANARY_SIG+x/y==&<"ěšč">~end';
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

describe('a secret is hidden', () => {
  test.each<[string, (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['in JSON', (secret) => JSON.stringify({ token: secret })],
    ['in JSON within JSON', (secret) => JSON.stringify(JSON.stringify({ token: secret }))],
    [
      'in JSON as Go writes it',
      (secret) => JSON.stringify(secret).replace('<', '\\u003c').replace('>', '\\u003e').replace('&', '\\u0026'),
    ],
    [
      'in ASCII alone',
      (secret) => JSON.stringify(secret).replace(/[ěšč]/g, (one) => `\\u0${one.charCodeAt(0).toString(16)}`),
    ],
    ['in Markdown', escapeMarkdown],
    [
      'in HTML',
      (secret) =>
        secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ],
    ['in an address', encodeURIComponent],
    ['in an address, by the rules of a form', (secret) => new URLSearchParams({ secret }).toString()],
    [
      'in an address, with small digits',
      (secret) => encodeURIComponent(secret).replace(/%../g, (one) => one.toLowerCase()),
    ],
    ['in a path of an address', (secret) => encodeURIComponent(secret).replaceAll('%2F', '/')],
    ['in an address within an address', (secret) => encodeURIComponent(encodeURIComponent(secret))],
    ['in base64', base64],
    ['in base64 of an address', (secret) => Buffer.from(secret, 'utf8').toString('base64url')],
    ['in base64, after a user name', (secret) => base64(`me:${secret}`)],
    ['in base64, after a longer user name', (secret) => base64(`petra:${secret}:more`)],
    ['in hexadecimal', (secret) => Buffer.from(secret, 'utf8').toString('hex')],
    ['in quotation marks', quoted],
    ['decomposed', (secret) => secret.normalize('NFD')],
  ])('%s', (_, write) => {
    keepSecret(SECRET);
    const shown = withoutSecrets(`before ${write(SECRET)} after`);
    expect(shown).toContain(HIDDEN);
    expect(shown).toMatch(/^before .*after$/s);
    // Of what is left, no four letters are those of the secret.
    for (let at = 0; at + 4 <= SECRET.length; at++) expect(shown).not.toContain(SECRET.slice(at, at + 4));
  });

  test('before a line is cut: no part of it is left at the end', () => {
    keepSecret(SECRET);
    for (let room = 0; room < 40; room++) expect(printable(`${'x'.repeat(160 - room)}${SECRET}`)).not.toContain('CANA');
  });

  test('before Markdown is escaped, because rendering would restore it', () => {
    keepSecret(SECRET);
    expect(inert(`sig=${SECRET}`)).toBe(String.raw`sig=\*\*\*`);
  });

  test('if somebody else has cut it', () => {
    keepSecret(SECRET);
    expect(withoutSecrets('invalid value "CANARY_SIG+x/y')).toBe(`invalid value "${HIDDEN}`);
    expect(withoutSecrets('CANARY_SIG is not CANARY_SIG+x/y== but both')).toBe(`${HIDDEN} is not ${HIDDEN} but both`);
  });

  test('if somebody else has cut it, and a part of it is hidden by itself', () => {
    for (const secret of ['canary=one+two=three+four=five', 'canary', 'one+two']) keepSecret(secret);
    expect(withoutSecrets('x canary=one+two=three y')).toBe(`x ${HIDDEN} y`);
  });

  test('if there are several, even if one begins like another', () => {
    for (const secret of ['canary-1234', 'canary-1234-and-more']) keepSecret(secret);
    expect(withoutSecrets('canary-1234-and-more, canary-1234, canary')).toBe(`${HIDDEN}, ${HIDDEN}, canary`);
  });

  test('line by line, if it has several', () => {
    keepSecret('-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0=\n-----END KEY-----');
    expect(withoutSecrets('asn1: MIIEvQIBADAN, BgkqhkiG9w0=')).toBe(`asn1: ${HIDDEN}, ${HIDDEN}`);
  });

  test('in every text of a finding, and in its line', () => {
    keepSecret(SECRET);
    const finding: Finding = {
      code: 'empty-file',
      severity: 'error',
      file: SECRET,
      column: SECRET,
      count: 1,
      found: SECRET,
      expected: SECRET,
      message: `m ${SECRET}`,
      evidence: SECRET,
      fix: SECRET,
    };
    expect(JSON.stringify(withoutSecretsIn(finding)) + findingLine(finding)).not.toContain('CANARY');
  });

  test('in every text of a failure, its findings and its line', () => {
    keepSecret(SECRET);
    const texts = { what: SECRET, where: SECRET, found: SECRET, expected: SECRET, consequence: SECRET, fix: SECRET };
    const findings = [{ code: 'empty-file', severity: 'error', count: 1, message: SECRET, fix: '' } as const];
    const failure = new Failure({ stage: 's', ...texts, class: 'config', code: 'empty-file', findings });
    expect(failure.message + JSON.stringify(failure.details)).not.toContain('CANARY');
  });
});

describe('what is not a secret is shown', () => {
  test('if it is shorter than four letters', () => {
    expect(keepSecret('abc')).toEqual([]);
    expect(withoutSecrets('abc')).toBe('abc');
  });

  test('if it begins like an address that is hidden as a whole', () => {
    keepPrivate('https://dav.example.org/remote.php/files/petra');
    expect(withoutSecrets('https://dav.example.org/status')).toBe('https://dav.example.org/status');
    expect(withoutSecrets('PUT https://dav.example.org/remote.php/files/petra/a.csv')).toBe(`PUT ${HIDDEN}/a.csv`);
  });

  test('as long as no secret is known', () => {
    expect(withoutSecrets(SECRET)).toBe(SECRET);
  });
});

describe('secrets of an address', () => {
  test.each([
    ['https://example.org/a/b', []],
    ['https://me:p%40ss@example.org/', ['me:p%40ss', 'me:p@ss', 'me', 'p%40ss', 'p@ss']],
    ['http://h/share?sig=CANARY+x/y==&v=1#frag', ['CANARY+x/y==', '1', 'frag']],
    ['https://h/s/Zx81kQ0pLm27aaT9w/dl', ['Zx81kQ0pLm27aaT9w']],
    ['me:secret@localhost:8086', ['me:secret', 'me', 'secret']],
    ['petra@example.org', []],
    ['just words: no address', []],
  ])('of %s', (text, secrets) => {
    expect(secretsOfUrl(text)).toEqual(secrets);
  });
});
