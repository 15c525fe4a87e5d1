import { accepts, type DriftCase, refuses } from './drift-case';
import { room, textOf, unit } from './export-table';

const one = unit('01');
const phone = room('493D', '20241031');
const bytes = Buffer.from(textOf(one));
const line = (n: number) => Buffer.byteLength(textOf({ ...one, rows: one.rows.slice(0, n) }));
const last = line(4000);
const row = one.rows[4000]!;
const cut = (end: number) => bytes.subarray(0, end);
const truncated = (sentence: string, end: number) => refuses(sentence, one, cut(end), ['error truncated-file -']);

/** Files that end too early. A cut between two rows is an export of fewer rows: nothing in it is wrong. */
export const truncations: readonly DriftCase[] = [
  refuses('nothing is left', one, Buffer.alloc(0), ['error empty-file -']),
  truncated('the first label is cut', 2),
  truncated('the header is cut in a label', 60),
  truncated('the header is cut in the middle of a letter', Buffer.byteLength('Date;KOT1/Teplota venkovn') + 1),
  truncated('the header is cut before its line end', line(0) - one.lineEnd.length),
  accepts('only the header is left', one, cut(line(0)), ['warning no-rows -'], { rows: 0 }),
  truncated('a row is cut in its date', last + 5),
  truncated('a row is cut behind its time', last + row[0]!.length),
  truncated('a row is cut in a number, which could be read', last + row.slice(0, 3).join(';').length - 1),
  truncated('a row is cut in its last number', last + row.slice(0, 6).join(';').length - 1),
  truncated('a row is cut before its line end', last + row.join(';').length),
  accepts('the file is cut between two rows', one, cut(last), [], { rows: 4000 }),
  refuses('the preamble of a room is all that is left', phone, `${phone.preamble[0]}${phone.lineEnd}`, [
    'error missing-header -',
  ]),
  refuses('the preamble of a room is cut', phone, phone.preamble[0]!.slice(0, 12), ['error missing-header -']),
  refuses('zeros stand where the end of the file should', one, Buffer.concat([cut(last), Buffer.alloc(4096)]), [
    'error control-character -',
  ]),
];
