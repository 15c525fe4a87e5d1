import { compileFormat, type DatetimeFormat } from './datetime-format';
import { compileIso } from './iso-time';
import { compileEpoch, compileWithOffset } from './offset-time';
import { compileWorded, hasWords } from './worded-format';

export type { DatetimeFormat };

const NO_NAMES: ReadonlyMap<string, number> = new Map();

/**
 * The readers of what a source declares: a strptime format, one that ends in `%z`, `iso`, `%s` or `%Q`. ISO 8601 is two
 * formats, one with an offset and one without, because a file has to decide between them.
 * @param zoneNames what `%Z` may read → offset from UTC in milliseconds
 * @throws RangeError for a format that is not known
 */
export function compileFormats(
  texts: readonly string[],
  zoneNames: ReadonlyMap<string, number> = NO_NAMES,
): DatetimeFormat[] {
  return texts.flatMap((text) => {
    if (text === 'iso') return [compileIso(false), compileIso(true)];
    if (text === '%s') return [compileEpoch(text, 1000)];
    if (text === '%Q') return [compileEpoch(text, 1)];
    if (hasWords(text)) return [compileWorded(text, zoneNames)];
    return [text.endsWith('%z') ? compileWithOffset(text) : compileFormat(text)];
  });
}

/** @throws RangeError for a format that is not known */
export function checkFormat(text: string, zoneNames = NO_NAMES): void {
  compileFormats([text], zoneNames);
}
