/** How a firmware, a program or a person of another country may name the columns of the example exports. */
export interface NamingStyle {
  readonly sentence: string;
  name(label: string, at: number): string;
}

interface Words {
  readonly outdoor: string;
  readonly intake: string;
  readonly extract: string;
  readonly supply: string;
  readonly exhaust: string;
  readonly time: string;
  readonly date: string;
  readonly clock: string;
  readonly temperature: string;
  readonly humidity: string;
}

/** Which column of the devices a label is. */
function roleOf(label: string): keyof Words {
  if (label === 'Date') return 'date';
  if (label === 'Time') return 'clock';
  if (label.includes('tea-sani')) return 'intake';
  if (label.includes('teb-odvod')) return 'extract';
  if (label.includes('tu1-privod')) return 'supply';
  if (label.includes('tu2-vyfuk')) return 'exhaust';
  if (label.includes('venkovní')) return 'outdoor';
  return label.startsWith('Temperature') ? 'temperature' : 'humidity';
}

const unitOf = (label: string) => /vzt\d\d/.exec(label)?.[0] ?? '';

const ENGLISH: Words = {
  outdoor: 'outdoor_temperature_celsius',
  intake: 'intake_temperature_celsius',
  extract: 'extract_air_temperature_celsius',
  supply: 'supply_air_temperature_celsius',
  exhaust: 'exhaust_air_temperature_celsius',
  time: 'timestamp',
  date: 'timestamp',
  clock: 'time_of_day',
  temperature: 'temperature_celsius',
  humidity: 'humidity_pct',
};
const SHORT: Words = {
  ...ENGLISH,
  outdoor: 'outside_temp_c',
  intake: 'fresh_temp_c',
  extract: 'exhaust_temp_c',
  supply: 'supply_temp_c',
  exhaust: 'outlet_temp_c',
  date: 'ts',
  clock: 'clock',
  temperature: 'temp_degC',
  humidity: 'rh',
};
const GERMAN: Words = {
  outdoor: 'Außentemperatur [°C]',
  intake: 'Ansaugtemperatur [°C]',
  extract: 'Ablufttemperatur [°C]',
  supply: 'Zulufttemperatur [°C]',
  exhaust: 'Fortlufttemperatur [°C]',
  time: 'Zeitstempel',
  date: 'Datum',
  clock: 'Uhrzeit',
  temperature: 'Temperatur (°C)',
  humidity: 'Luftfeuchtigkeit (Prozent)',
};
const CZECH: Words = {
  outdoor: 'Venkovní teplota, °C',
  intake: 'Teplota sání',
  extract: 'Teplota odtahu',
  supply: 'Teplota přívodu',
  exhaust: 'Teplota výfuku',
  time: 'Čas',
  date: 'Datum a čas',
  clock: 'Hodina',
  temperature: 'Teplota',
  humidity: 'Rel. vlhkost %',
};

const withUnit = (words: Words) => (label: string) => [unitOf(label), words[roleOf(label)]].filter(Boolean).join('_');

export const NAMING_STYLES: readonly NamingStyle[] = [
  { sentence: 'in English, with the unit of the building', name: withUnit(ENGLISH) },
  { sentence: 'in English, without it', name: (label) => ENGLISH[roleOf(label)] },
  {
    sentence: 'in short English words that mean different airs in different countries',
    name: (label) => SHORT[roleOf(label)],
  },
  { sentence: 'in German, with the unit of the building', name: withUnit(GERMAN) },
  { sentence: 'in German, without it', name: (label) => GERMAN[roleOf(label)] },
  { sentence: 'in other Czech words', name: (label) => CZECH[roleOf(label)] },
  { sentence: 'without their groups', name: (label) => label.slice(label.lastIndexOf('/') + 1) },
  {
    sentence: 'in lower case with underscores',
    name: (label) =>
      label
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '_')
        .replace(/_$/, ''),
  },
  {
    sentence: 'in another group',
    name: (label) => (label.includes('/') ? label.replace(/^[^/]*/, 'Budova A') : `${label}_new`),
  },
  {
    sentence: 'as temperatures with a number',
    name: (label, at) => (/°C|Celsius/.test(label) ? `temperature_${at}` : `Column ${at}`),
  },
  { sentence: 'as nothing but a number', name: (_, at) => `Value ${at + 1}` },
  { sentence: 'as codes', name: (_, at) => 'QWXJKVZ'[at % 7]!.repeat(3) },
];
