import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { UnreadableFile } from '../report/report';
import { otherFormat } from '../text/not-tabular';
import { refuseErrorAnswer, refuseFailedAnswer } from './error-answer';
import type { JsonValue } from './parse-json';
import { type JsonPointer, type JsonRecord, recordsOf } from './pointers';
import { strictJson, strictUtf8 } from './strict-json';

/** A document is held in memory as a whole; lines of JSON are not. */
const MOST_BYTES = 16 << 20;
const LONGEST_LINE = 1 << 20;
const LF = 0x0a;
const MARK = '\ufeff';

/** Called for each record, in order; undefined for a blank line. */
export type SeeRecord = (record: JsonRecord | undefined) => void;

/**
 * Reads the records of a file: of `.ndjson` and `.jsonl` one or more for each line, else those of the one document.
 * @throws UnreadableFile with the line of the first mistake
 */
export async function readRecords(
  file: { readonly path: string; readonly name: string },
  pointers: readonly JsonPointer[],
  see: SeeRecord,
): Promise<void> {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(file.name)) return readLines(file.path, pointers, see);
  const { size } = await stat(file.path);
  if (size > MOST_BYTES) throw tooLarge(`${size} bytes`, `at most ${MOST_BYTES}, or lines of JSON`);
  const bytes = await readFile(file.path);
  refuseOther(bytes);
  for (const record of requireRecords(strictJson(strictUtf8(bytes, 1), 1), pointers, 1)) see(record);
}

async function readLines(path: string, pointers: readonly JsonPointer[], see: SeeRecord): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  const seeLine = (bytes: Buffer) => {
    line++;
    if (line === 1) refuseOther(bytes);
    const text = strictUtf8(bytes, line);
    if (line > 1 && text.startsWith(MARK)) throw secondMark(line);
    if (text.trim() === '') return see(undefined);
    const records = requireRecords(strictJson(text, line), pointers, line);
    if (records.length !== 1) {
      throw new UnreadableFile({
        code: 'json-error',
        line,
        found: `${records.length} records`,
        expected: 'one record per line',
        message: 'a line of JSON does not hold exactly one record',
        fix: 'name the file .json if it is one document',
      });
    }
    see(records[0]);
  };
  for await (const block of createReadStream(path)) {
    const bytes = Buffer.concat([rest, block as Buffer]);
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      seeLine(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST_LINE)
      throw tooLarge(`more than ${LONGEST_LINE} bytes in line ${line + 1}`, 'shorter lines');
  }
  if (rest.length > 0) seeLine(rest);
}

function requireRecords(root: JsonValue, pointers: readonly JsonPointer[], line: number): JsonRecord[] {
  const records = recordsOf(root, pointers);
  if (records !== undefined) {
    if (records.length === 0) refuseFailedAnswer(root);
    return records;
  }
  refuseErrorAnswer(root);
  throw new UnreadableFile({
    code: 'missing-label',
    line,
    found: root.kind === 'object' ? [...root.members.keys()].slice(0, 8).map(quoted).join(', ') : root.kind,
    expected: 'the array of records that the pointers with [] name',
    message: 'the array of records is missing',
    fix: 'check whether the interface changed, and correct the pointers in required_columns',
  });
}

function refuseOther(bytes: Buffer): void {
  const text = bytes.subarray(0, 1 << 16);
  if (text.toString('latin1').trim() === '') {
    throw new UnreadableFile({
      code: 'empty-file',
      line: 1,
      found: 'a file without text',
      expected: 'a document of JSON',
      message: 'the file is empty',
      fix: 'export it again',
    });
  }
  const other = otherFormat(text);
  if (other === undefined || other.name === 'a JSON document') return;
  throw new UnreadableFile({
    code: 'not-tabular',
    line: 1,
    found: other.title === undefined ? other.name : `${other.name} titled ${quoted(other.title)}`,
    expected: 'JSON',
    message: `the file is ${other.name}, not JSON`,
    fix: other.fix.replace('as CSV', 'as JSON'),
  });
}

function secondMark(line: number): UnreadableFile {
  return new UnreadableFile({
    code: 'concatenated-file',
    line,
    found: 'a byte order mark',
    expected: 'lines of JSON until the end of the file',
    message: 'a second file begins here',
    fix: 'upload the files one by one',
  });
}

function tooLarge(found: string, expected: string): UnreadableFile {
  return new UnreadableFile({
    code: 'json-error',
    found,
    expected,
    message: 'the document is too large to be read',
    fix: 'ask for less at a time, or for lines of JSON (.ndjson)',
  });
}
