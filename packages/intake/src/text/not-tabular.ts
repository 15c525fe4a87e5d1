/** What the first bytes of a file are when they are not delimited text; undefined when they may be. */
export interface OtherFormat {
  readonly name: string;
  /** An HTML page's title, if it has one. */
  readonly title?: string;
  readonly fix: string;
}

const EXPORT_AGAIN = 'export the file again as CSV';
const UNPACK = 'unpack it, and upload the export itself';

const MAGIC: readonly (readonly [string, readonly number[], string])[] = [
  ['a gzip archive', [0x1f, 0x8b], UNPACK],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0], EXPORT_AGAIN],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46], EXPORT_AGAIN],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31], EXPORT_AGAIN],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf], UNPACK],
];
/** With one of < { [ begins every page and document that is distinguished here. */
const BRACKETS = [0x3c, 0x7b, 0x5b];
const ZIP = [0x50, 0x4b, 0x03, 0x04];

export function otherFormat(head: Uint8Array): OtherFormat | undefined {
  const begins = (magic: readonly number[]) => magic.every((byte, i) => head[i] === byte);
  for (const [name, magic, fix] of MAGIC) if (begins(magic)) return { name, fix };
  if (begins(ZIP)) {
    const entries = Buffer.from(head).toString('latin1');
    return /\[Content_Types\]\.xml|xl\/|_rels\//.test(entries)
      ? { name: 'an Excel workbook', fix: EXPORT_AGAIN }
      : { name: 'a zip archive', fix: UNPACK };
  }
  if (!BRACKETS.some((bracket) => head.includes(bracket))) return undefined;
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^(<!--.{0,2000}?-->\s*)?<(!doctype\s+html|html|head|body)/is.test(text)) return pageFormat(text);
  if (text.startsWith('<')) return { name: 'an XML or HTML document', fix: EXPORT_AGAIN };
  if (/^[{[]\s*["{[\]}]/.test(text)) {
    return { name: 'a JSON document', fix: 'look for an error message in it, and download the export again' };
  }
  return undefined;
}

/** The pages that Google Drive gives instead of a file say in their title what is to be done. */
function pageFormat(text: string): OtherFormat {
  const title = /<title[^>]*>([^<]{0,200})/i.exec(text)?.[1]?.trim();
  const name = 'an HTML page';
  if (!title) return { name, fix: 'download the file again while signed in, or share it' };
  const fix = /quota|too many users/i.test(title)
    ? 'wait a day until the download quota is free again, or make a copy of the file and upload that'
    : /virus/i.test(title)
      ? 'download it with rclone, or confirm in the browser that it may be downloaded unscanned'
      : /sign ?in|log ?in|accounts|přihl/i.test(title)
        ? 'share the folder with the account that downloads, or download it again while signed in'
        : 'download the file again while signed in, or share it';
  return { name, title, fix };
}

/** UTF-16 or UTF-32 by its mark, or by the zero bytes that every other ASCII character leaves behind. */
export function wideEncoding(head: Uint8Array): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, 512);
  let even = 0;
  let odd = 0;
  sample.forEach((byte, i) => {
    if (byte === 0) i % 2 === 0 ? even++ : odd++;
  });
  if (odd > sample.length / 4 && even < sample.length / 16) return 'utf-16le';
  if (even > sample.length / 4 && odd < sample.length / 16) return 'utf-16be';
  return undefined;
}
