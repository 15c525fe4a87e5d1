/** Signs that look like those of a number and are others, or cannot be seen. */
const SIGNS: Readonly<Record<string, string>> = {
  '\u00a0': 'no-break space U+00A0',
  '\u202f': 'narrow no-break space U+202F',
  '\u2009': 'thin space U+2009',
  '\u200b': 'zero-width space U+200B',
  '\u2212': 'minus sign U+2212',
  '\u2013': 'dash U+2013',
  '\u2010': 'hyphen U+2010',
  '\u2019': 'apostrophe U+2019',
  '\u066b': 'Arabic decimal separator U+066B',
  '\u00b7': 'middle dot U+00B7',
};

/** Names the odd signs of a text; '' if it has none. */
export function oddSignsIn(text: string): string {
  const named = new Set<string>();
  for (const sign of text) {
    const name = Object.hasOwn(SIGNS, sign) ? SIGNS[sign] : undefined;
    if (name !== undefined) named.add(name);
    else if (/(?![0-9])\p{Nd}/u.test(sign)) named.add(`the digit U+${sign.codePointAt(0)!.toString(16).toUpperCase()}`);
  }
  return [...named].join(', ');
}
