import { isUtf8 } from 'node:buffer';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { acceptanceOf } from '../header/finding-id';
import { isKnown } from '../header/header';
import { headerLabels } from '../header/header-labels';
import { type Problem, UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';

/** Encodings that exports come in, the likeliest first. */
const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1252',
  'iso-8859-2',
  'iso-8859-1',
] as const;
const ASCII = /^[\u0020-\u007e]*$/;

/**
 * The encoding in which the header has the labels of the contract, if there is one and the header shows it: a header in
 * plain letters looks the same in most of them.
 */
export async function changedEncoding(file: TextFile, datasource: Datasource): Promise<Problem | undefined> {
  const fitting: string[] = [];
  let line = 1;
  for (const encoding of ENCODINGS) {
    if (encoding === datasource.encoding) continue;
    const header = await headerUnder({ ...file, encoding }, datasource);
    if (header === undefined || header.labels.some((label) => label !== '' && !isKnown(label, datasource))) continue;
    if (!encoding.startsWith('utf-16') && header.labels.every((label) => ASCII.test(label))) continue;
    fitting.push(encoding);
    line = header.line;
  }
  const [likeliest, ...others] = fitting;
  if (likeliest === undefined) return undefined;
  return {
    code: 'encoding-changed',
    line,
    found: likeliest,
    expected: datasource.encoding,
    message: 'the file has a different encoding than declared',
    evidence: `read as ${likeliest}, the header has the labels of the contract${
      others.length > 0 ? `; read as ${others.join(' or ')}, too` : ''
    }`,
    fix: `export it as ${datasource.encoding}, or declare the encoding ${likeliest}`,
    accept: acceptanceOf('encoding-changed', undefined, [
      { kind: 'set', seed: 'datasources_config', column: 'encoding', from: datasource.encoding, to: likeliest },
    ]),
  };
}

/** The header as another encoding would read it; undefined if that cannot be. */
async function headerUnder(file: TextFile, datasource: Datasource) {
  let header: { readonly labels: readonly string[]; readonly line: number } | undefined;
  let before = datasource.skipLines;
  try {
    await visitRows(file, (row, cells) => {
      if (before-- > 0) return true;
      header = { labels: headerLabels(row, cells, datasource), line: row.line };
      return false;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return undefined;
  }
  return header?.labels.some((label) => label !== '') ? header : undefined;
}

/** UTF-8 that was taken for a one-byte encoding and written as UTF-8 once more: Ã­ for í. */
export function encodedTwice(labels: readonly string[], datasource: Datasource): Problem | undefined {
  const bad = labels.find((label) => label !== '' && !isKnown(label, datasource) && isKnown(once(label), datasource));
  if (bad === undefined) return undefined;
  return {
    code: 'encoding-changed',
    column: bad,
    found: quoted(bad),
    expected: quoted(once(bad)),
    message: 'the labels were encoded twice',
    evidence: `decoded once more, they are those of the contract: ${printable(once(bad))}`,
    fix: 'export the file again, and do not save it in another program before the upload',
  };
}

/** Windows-1252 has letters where ISO 8859-1 has control characters. */
const OF_WINDOWS_1252 = new Map(
  Array.from({ length: 32 }, (_, i) => [new TextDecoder('windows-1252').decode(Uint8Array.of(0x80 + i)), 0x80 + i]),
);

/** Decodes every run of letters that are the bytes of UTF-8; the others stay. */
function once(label: string): string {
  const byteOf = (letter: string) => OF_WINDOWS_1252.get(letter) ?? letter.codePointAt(0)!;
  let text = '';
  let run: string[] = [];
  const decode = () => {
    const bytes = Buffer.from(run.map(byteOf));
    text += isUtf8(bytes) ? bytes.toString('utf8') : run.join('');
    run = [];
  };
  for (const letter of label) {
    const byte = byteOf(letter);
    if (byte >= 0x80 && byte <= 0xff) run.push(letter);
    else {
      decode();
      text += letter;
    }
  }
  decode();
  return text.normalize('NFC');
}
