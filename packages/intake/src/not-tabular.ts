/** What the first bytes of a file are when they are not delimited text; undefined when they may be. */
export interface OtherFormat {
  readonly name: string;
  /** An HTML page's title, if it has one. */
  readonly title?: string;
}

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ['a gzip archive', [0x1f, 0x8b]],
  ['a zip archive or an Excel workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]],
];

export function otherFormat(head: Uint8Array): OtherFormat | undefined {
  for (const [name, magic] of MAGIC) if (magic.every((byte, i) => head[i] === byte)) return { name };
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^<(!doctype\s+html|html|head|body)/i.test(text)) {
    const title = /<title[^>]*>([^<]{0,200})/i.exec(text)?.[1]?.trim();
    return title ? { name: 'an HTML page', title } : { name: 'an HTML page' };
  }
  if (text.startsWith('<')) return { name: 'an XML or HTML document' };
  if (/^[{[]\s*["{[\]}]/.test(text)) return { name: 'a JSON document' };
  return undefined;
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
