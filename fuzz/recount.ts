import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';

/** One row as it landed, read by a reader that is not ours. */
export interface LandedRow {
  readonly time: Date;
  readonly line: number;
  /** label → number, without nulls */
  readonly values: ReadonlyMap<string, number>;
}

const LINE_END = /\r\n|\n|\r/;

/** Text in UTF-8 or, with its mark, UTF-16; undefined if it is neither. */
export function decoded(bytes: Buffer): string | undefined {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Lines after the header that hold more than delimiters, spaces and tabs: none of them may be lost. */
export function linesAfter(text: string, headerLine: number, { delimiter }: Datasource): number {
  const isFilled = (line: string) => [...line].some((letter) => ![' ', '\t', delimiter].includes(letter));
  return text.split(LINE_END).slice(headerLine).filter(isFilled).length;
}

/**
 * Compares what landed with the text, in the plainest way: each number must stand in its cell of its line, and the
 * time of the row must be what the clock of the source's zone shows then.
 * @returns what is not so, in words
 */
export function inventions(text: string, headerLine: number, landed: readonly LandedRow[], datasource: Datasource) {
  const lines = text.split(LINE_END);
  const cut = (line: number) => lines[line - 1]!.split(datasource.delimiter).map((cell) => cell.trim());
  const labels = cut(headerLine);
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: datasource.timezone,
    ...{ day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    hourCycle: 'h23',
  });
  const wrong: string[] = [];
  for (const { time, line, values } of landed) {
    const cells = cut(line);
    for (const [label, value] of values) {
      const cell = cells[labels.indexOf(label)] ?? '';
      if (Number(cell.replace(datasource.decimal, '.')) !== value || cell === '')
        wrong.push(`line ${line}, ${label}: ${value} landed of ${JSON.stringify(cell)}`);
    }
    const written = datasource.timeColumns.map((label) => cells[labels.indexOf(label)] ?? '').join(' ');
    const shown = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { day, month, year, hour, minute, second } = shown;
    const numbers = written.match(/\d+/g)?.map(Number) ?? [];
    const orders = [
      [day, month, year],
      [month, day, year],
    ].map((date) => [...date, hour, minute, second].slice(0, numbers.length).join());
    const midnight = [24, 0, 0].slice(0, numbers.length - 3).join();
    // 24:00 is the next day's 00:00.
    const isMidnight = hour === 0 && minute === 0 && numbers.slice(3).join() === midnight;
    if (numbers.length < 5 || (second !== 0 && numbers.length < 6))
      wrong.push(`line ${line}: ${time.toISOString()} of ${written}`);
    else if (!orders.includes(numbers.join()) && !isMidnight)
      wrong.push(`line ${line}: ${time.toISOString()} landed of ${JSON.stringify(written)}`);
  }
  return wrong;
}
