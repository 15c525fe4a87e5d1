import { readSync } from 'node:fs';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Problem } from '../report/report';
import { otherFormat, wideEncoding } from './not-tabular';
import type { TextFile } from './text-file';

const HEAD = 1 << 16;
const BOM = [0xef, 0xbb, 0xbf];
const SPACE = 0x20;
const DELETE = 0x7f;

/** Looks at the first bytes: is this delimited text in the declared encoding at all? */
export function formProblem({ descriptor }: TextFile, datasource: Datasource): Problem | undefined {
  const { head, size } = readHead(descriptor);
  if (head.length === 0) {
    return {
      code: 'empty-file',
      line: 1,
      found: size === 0 ? 'a file of 0 bytes' : 'a file of white space',
      expected: 'a header and rows',
      message: 'the file is empty',
      fix: 'export it again',
    };
  }
  const other = otherFormat(head);
  if (other !== undefined) {
    return {
      code: 'not-tabular',
      line: 1,
      found: other.title === undefined ? other.name : `${other.name} titled ${quoted(other.title)}`,
      expected: 'delimited text',
      message: `the file is ${other.name}, not an export`,
      fix: other.fix,
    };
  }
  const { encoding } = datasource;
  const begins = (mark: readonly number[], from: number) => mark.every((byte, i) => head[from + i] === byte);
  const wide = wideEncoding(head);
  const seen =
    wide ??
    (encoding !== 'utf-8' && begins(BOM, 0)
      ? 'utf-8'
      : encoding.startsWith('utf-16')
        ? 'text without UTF-16'
        : encoding);
  if (seen !== encoding) {
    return {
      code: 'encoding-error',
      line: 1,
      found: seen,
      expected: encoding,
      message: 'the file is not in the declared encoding',
      fix: `export it as UTF-8, or declare the encoding it has`,
    };
  }
  if (begins(BOM, 0) && begins(BOM, 3)) {
    return {
      code: 'concatenated-file',
      line: 1,
      found: 'two byte order marks',
      expected: 'one at most',
      message: 'the file was put together from several',
      fix: 'upload the files one by one',
    };
  }
  return undefined;
}

/** The first bytes that are not all white space, and the size of what was looked at; no bytes if there are none. */
function readHead(descriptor: number): { head: Buffer; size: number } {
  const buffer = Buffer.allocUnsafe(HEAD);
  for (let size = 0; ; ) {
    const bytes = readSync(descriptor, buffer, 0, HEAD, size);
    if (bytes === 0) return { head: Buffer.alloc(0), size };
    size += bytes;
    const head = buffer.subarray(0, bytes);
    if (!isWhite(head)) return { head, size };
  }
}

/** White space and nothing else, a byte order mark of UTF-8 or UTF-16 apart. */
function isWhite(bytes: Buffer): boolean {
  // Most files begin with a letter or a digit, and need not be looked at as text.
  if (bytes[0]! > SPACE && bytes[0]! < DELETE) return false;
  return (
    bytes
      .toString('utf8')
      .replace(/^\ufffd\ufffd/, '')
      .trim() === ''
  );
}
