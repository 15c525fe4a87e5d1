import { compileFormat, type DatetimeFormat } from './datetime-format';
import { compileIso } from './iso-time';
import { compileEpoch, compileWithOffset } from './offset-time';

export type { DatetimeFormat };

/**
 * The readers of what a source declares: a strptime format, one that ends in `%z`, `iso`, `%s` or `%Q`. ISO 8601 is two
 * formats, one with an offset and one without, for a file has to decide between them.
 * @throws RangeError for a format that is not known
 */
export function compileFormats(texts: readonly string[]): DatetimeFormat[] {
  return texts.flatMap((text) => {
    if (text === 'iso') return [compileIso(false), compileIso(true)];
    if (text === '%s') return [compileEpoch(text, 1000)];
    if (text === '%Q') return [compileEpoch(text, 1)];
    return [text.endsWith('%z') ? compileWithOffset(text) : compileFormat(text)];
  });
}

/** @throws RangeError for a format that is not known */
export function checkFormat(text: string): void {
  compileFormats([text]);
}
