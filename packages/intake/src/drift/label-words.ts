import { leafOf } from '../header/label-text';
import { type Unit, unitOf, withoutUnit } from '../header/units';

/** A label in words that are the same in Czech, German and English. */
export interface LabelMeaning {
  /** Its words without the unit, each as the one word that stands for all its spellings. */
  readonly words: readonly string[];
  /** Those of its words that are known in all languages. */
  readonly known: readonly string[];
  /** Where it is measured: outdoor, indoor, intake, supply, extract, discharge. */
  readonly places: readonly string[];
  /** The quantity, if a word or the unit names it. */
  readonly quantity: string | undefined;
  readonly unit: Unit | undefined;
}

/** Quantity → its names. */
const QUANTITIES: Readonly<Record<string, string>> = {
  temperature: 'temp tmp temperature temperatur teplota teploty teplot tepl',
  humidity: 'hum humid humidity rh vlhkost vlhkosti vlhk feuchte feuchtigkeit luftfeuchte luftfeuchtigkeit',
  pressure: 'press pressure tlak tlaku druck luftdruck baro barometer',
  dewpoint: 'dew dewpoint rosny rosneho taupunkt',
  co2: 'co2 kohlendioxid',
  power: 'power vykon prikon leistung',
  energy: 'energy energie consumption spotreba verbrauch',
  volume: 'volume objem volumen',
  flow: 'flow airflow prutok durchfluss volumenstrom',
  speed: 'speed rychlost geschwindigkeit',
  direction: 'direction smer richtung',
  rain: 'rain precipitation precip dest srazky regen niederschlag',
  light: 'light lux illuminance osvetleni helligkeit brightness',
  noise: 'noise hluk laerm larm schall',
  voltage: 'voltage napeti spannung',
  battery: 'battery baterie batterie akku',
  tvoc: 'voc tvoc',
  pm: 'pm pm1 pm10 pm25',
  state: 'state status stav zustand mode rezim modus alarm fault error chyba',
};

/** Place → its names. Words that countries use for different airs, such as exhaust, are left out. */
const PLACES: Readonly<Record<string, string>> = {
  outdoor:
    'outdoor outside outdoors out external exterior exterier exterieru ambient venkovni venkovniho venku venek vnejsi aussen',
  indoor:
    'indoor inside indoors in internal interior vnitrni uvnitr interier interieru innen raum room pokoj pokoje mistnost mistnosti',
  intake: 'intake sani nasavani ansaug',
  supply: 'supply privod privodni zuluft',
  extract: 'extract odvod odtah abluft',
  discharge: 'discharge vyfuk fortluft',
};

const TIME = 'time timestamp datetime date datum cas zeit uhrzeit zeitstempel zeitpunkt';

/** Words that distinguish nothing. */
const EMPTY = new Set(
  'the of relative relativni relativ rel air vzduch vzduchu luft value hodnota wert avg mean sensor cidlo'.split(' '),
);

const words = (table: Readonly<Record<string, string>>) =>
  new Map(
    Object.entries(table).flatMap(([word, spellings]) => spellings.split(' ').map((one) => [one, word] as const)),
  );
const QUANTITY_OF = words(QUANTITIES);
const PLACE_OF = words(PLACES);
const WORD_OF = new Map([...QUANTITY_OF, ...PLACE_OF, ...words({ time: TIME })]);

/** The second part of German compounds: Außentemperatur, Zuluftfeuchte. */
const COMPOUND = /^(.+?)(temperatur|luftfeuchtigkeit|luftfeuchte|feuchtigkeit|feuchte|luftdruck|druck)$/;

const DIMENSION_OF: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  dewpoint: 'temperature',
  humidity: 'share',
  pressure: 'pressure',
  energy: 'energy',
  power: 'power',
  volume: 'volume',
  co2: 'concentration',
  tvoc: 'concentration',
};

/** Takes a label apart, whatever its spelling: `KOT1/Teplota venkovní (°C)` is an outdoor temperature in °C. */
export function meaningOf(label: string): LabelMeaning {
  const taken = withoutUnit(leafOf(label));
  const tokens = tokensOf(taken.base);
  const trailing = taken.unit === undefined ? trailingUnit(tokens) : undefined;
  const rest = trailing === undefined ? tokens : tokens.slice(0, -trailing.words);
  const found = rest.filter((word) => !EMPTY.has(word)).map((word) => WORD_OF.get(word) ?? word);
  const unit = taken.unit ?? trailing?.unit;
  const named = rest.map((word) => QUANTITY_OF.get(word)).filter((one) => one !== undefined);
  const [quantity] = named.includes('dewpoint') ? ['dewpoint'] : named;
  // A temperature needs no word besides its unit; a share is of anything.
  const byUnit = unit?.dimension === 'temperature' ? 'temperature' : undefined;
  const places = rest.map((word) => PLACE_OF.get(word)).filter((one) => one !== undefined);
  const known = found.filter((word) => PLACES[word] !== undefined || QUANTITIES[word] !== undefined);
  return { words: found, known, places, quantity: quantity ?? byUnit, unit };
}

/** The dimension of a quantity's units; undefined if it may have any. */
export function dimensionOf({ quantity, unit }: LabelMeaning): string | undefined {
  return unit?.dimension ?? (quantity === undefined ? undefined : DIMENSION_OF[quantity]);
}

/** Words of plain lower-case letters, and numbers without their leading zeros. */
function tokensOf(text: string): string[] {
  return text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}%]+/u)
    .flatMap((word) => (WORD_OF.has(word) ? [word] : (word.match(/\p{L}+\p{N}*|\p{N}+|%/gu) ?? [])))
    .flatMap(numbered)
    .flatMap((word) => {
      const [, first, second] = COMPOUND.exec(word) ?? [];
      return WORD_OF.has(word) || second === undefined ? [word] : [first!, second];
    });
}

/** A number belongs to the name before it, as in vzt01, and is a word of its own after a word that is known. */
function numbered(word: string): string[] {
  const [, letters, digits] = /^(\D*)0*(\d+)$/.exec(word) ?? [];
  if (digits === undefined) return [word];
  return WORD_OF.has(letters!) ? [letters!, digits] : [`${letters}${digits}`];
}

/** The unit that the last words are: `temp_c`, `temp_deg_c`, `humidity_pct`; a letter is one after a temperature alone. */
function trailingUnit(tokens: readonly string[]): { readonly unit: Unit; readonly words: number } | undefined {
  const [before, last] = tokens.slice(-2);
  if (last === undefined || tokens.length < 2) return undefined;
  const letter = /^[cfk]$/.test(last);
  if (!letter) {
    const unit = unitOf(last);
    return unit === undefined || /^\d/.test(last) ? undefined : { unit, words: 1 };
  }
  const degrees = before === 'deg' || before === 'degrees' || before === 'stupne' || before === 'grad';
  const warm = tokens.some((word) => ['temperature', 'dewpoint'].includes(QUANTITY_OF.get(word) ?? ''));
  return degrees || warm ? { unit: unitOf(last.toUpperCase())!, words: degrees ? 2 : 1 } : undefined;
}
