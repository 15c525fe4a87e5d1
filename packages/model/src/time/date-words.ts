/** Names of months and weekdays without accents and in lower case: what is in exports in English, Czech and German. */
const MONTHS: readonly (readonly string[])[] = [
  ['january', 'jan', 'leden', 'ledna', 'led', 'januar', 'janner'],
  ['february', 'feb', 'unor', 'unora', 'uno', 'februar', 'feber'],
  ['march', 'mar', 'brezen', 'brezna', 'bre', 'marz', 'mrz'],
  ['april', 'apr', 'duben', 'dubna', 'dub'],
  ['may', 'kveten', 'kvetna', 'kve', 'mai'],
  ['june', 'jun', 'cerven', 'cervna', 'cvn', 'juni'],
  ['july', 'jul', 'cervenec', 'cervence', 'cvc', 'juli'],
  ['august', 'aug', 'srpen', 'srpna', 'srp'],
  ['september', 'sep', 'sept', 'zari', 'zar'],
  ['october', 'oct', 'rijen', 'rijna', 'rij', 'oktober', 'okt'],
  ['november', 'nov', 'listopad', 'listopadu', 'lis'],
  ['december', 'dec', 'prosinec', 'prosince', 'pro', 'dezember', 'dez'],
];

const WEEKDAYS: readonly (readonly string[])[] = [
  ['sunday', 'sun', 'nedele', 'ne', 'sonntag', 'so'],
  ['monday', 'mon', 'pondeli', 'po', 'montag', 'mo'],
  ['tuesday', 'tue', 'tues', 'utery', 'ut', 'dienstag', 'di'],
  ['wednesday', 'wed', 'streda', 'st', 'mittwoch', 'mi'],
  ['thursday', 'thu', 'thur', 'thurs', 'ctvrtek', 'ct', 'donnerstag', 'do'],
  ['friday', 'fri', 'patek', 'pa', 'freitag', 'fr'],
  ['saturday', 'sat', 'sobota', 'so', 'samstag', 'sa'],
];

/** Name → bits of the places that it may mean: `so` is Sunday in German and Saturday in Czech. */
function bitsOf(places: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const bits = new Map<string, number>();
  for (const [place, names] of places.entries())
    for (const name of names) bits.set(name, (bits.get(name) ?? 0) | (1 << place));
  return bits;
}

const MONTH_BITS = bitsOf(MONTHS);
const WEEKDAY_BITS = bitsOf(WEEKDAYS);

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Number of a month, 1 to 12; 0 if the text names none. */
export function monthOfName(text: string): number {
  return 32 - Math.clz32(MONTH_BITS.get(plain(text)) ?? 0);
}

/** Bits of the days that a text may name, Sunday being the lowest; 0 if it names none. */
export function weekdaysOfName(text: string): number {
  return WEEKDAY_BITS.get(plain(text)) ?? 0;
}
