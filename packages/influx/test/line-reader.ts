export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
  readonly time: number;
}

/**
 * Points of line protocol, read after the rules of the vendor's page: a backslash escapes a comma, an equals sign and a
 * space, and stands for itself before anything else; a line ends with a line feed; one with # is a comment.
 */
export function readPoints(text: string): Point[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [series, field, time, ...more] = splitAt(line, ' ');
      const [measurement, ...tags] = splitAt(series!, ',');
      const [name, value] = splitAt(field!, '=');
      if (more.length > 0 || name !== 'value') throw new Error(`no point: ${JSON.stringify(line)}`);
      const pairs = tags.map((tag) => splitAt(tag, '=').map(unescaped));
      return {
        measurement: unescaped(measurement!),
        tags: Object.fromEntries(pairs),
        value: Number(value),
        time: Number(time),
      };
    });
}

/** Parts between the separators that no backslash escapes. */
function splitAt(text: string, separator: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && /[,= ]/.test(text[at + 1] ?? '')) parts[parts.length - 1] += text[at]! + text[++at]!;
    else if (text[at] === separator) parts.push('');
    else parts[parts.length - 1] += text[at]!;
  }
  return parts;
}

const unescaped = (text: string) => text.replace(/\\([,= ])/g, '$1');
