/** Lines around a change that are shown. */
const CONTEXT = 1;

/** What changed between two texts, as a unified diff without line numbers; '' for the same. */
export function textDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const [left, right] = [linesOf(before), linesOf(after)];
  const marked = alignment(left, right);
  const shown = marked.filter((_, i) =>
    marked.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(([mark]) => mark !== ' '),
  );
  const body = shown.map(([mark, line]) => `${mark}${line}\n`).join('');
  return `--- ${before === '' ? '/dev/null' : name}\n+++ ${name}\n${body}`;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** The longest common subsequence, after what is common at both ends. */
function alignment(left: readonly string[], right: readonly string[]): [string, string][] {
  let start = 0;
  while (start < Math.min(left.length, right.length) && left[start] === right[start]) start++;
  let end = 0;
  while (end < Math.min(left.length, right.length) - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const one = left.slice(start, left.length - end);
  const other = right.slice(start, right.length - end);
  const common = one.map(() => new Int32Array(other.length + 1));
  common.push(new Int32Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      common[i]![j] =
        one[i] === other[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const marked: [string, string][] = left.slice(0, start).map((line) => [' ', line]);
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      marked.push([' ', one[i]!]);
      i++;
      j++;
    } else if (i < one.length && (j === other.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      marked.push(['-', one[i++]!]);
    } else marked.push(['+', other[j++]!]);
  }
  return [...marked, ...left.slice(left.length - end).map((line): [string, string] => [' ', line])];
}
