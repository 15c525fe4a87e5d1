import { open, type Told, told } from './told';

/** Words that say that a time is the end of what its row covers. */
const END = /(^|[\s_(/.,-])(end|ends|ending|ended|ende|until|till|to|bis|do|konec|konce|fin|hasta)($|[\s_)/.:,-])/iu;
const LAST_HOUR = /(^|[ T])24([:.h]?00){0,2}$/;

/**
 * Whether times are the start of what their rows cover: so they are taken, unless the labels or an hour 24 say that they may
 * be the end. That is open: only a person knows.
 * @param labels of the columns of the time
 */
export function timeLabelOf(
  labels: readonly string[],
  texts: readonly string[],
  declared: 'start' | 'end' | undefined,
): Told<'start' | 'end'> {
  if (declared !== undefined) return told(declared);
  const words = labels.map((label) => label.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'));
  const word = words.map((label) => END.exec(label)?.[2]).find((one) => one !== undefined);
  if (word !== undefined) return open(['end', 'start'], `the label of the time says «${word}»`);
  const last = texts.find((text) => LAST_HOUR.test(text));
  return last === undefined ? told('start') : open(['end', 'start'], `a time is ${last}, the end of a day`);
}
