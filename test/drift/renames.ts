import { EXHAUST, EXTRACT, GROUP, INTAKE, type Mutation, OUTDOOR, ROOM, SUPPLY, UNIT_1 } from './mutations';

function rename(file: string, from: string, to: string, sentence = `${to} is ${from}`): Mutation {
  return {
    sentence,
    file,
    mutate: (text) => text.replace(from, to),
    errors: ['renamed-label'],
    renamed: { [to]: from },
    acceptable: true,
  };
}

/** Columns that have another name: each must be reported, and none may be taken for another. */
export const renames: readonly Mutation[] = [
  rename(UNIT_1, INTAKE, `${GROUP}vzt01_temperature-tea-sani (°C)`),
  rename(UNIT_1, INTAKE, `${GROUP}vzt01_temp_tea_sani (°C)`),
  rename(UNIT_1, INTAKE, `${GROUP}vzt01_temp-tea-sani(°C)`),
  rename(UNIT_1, INTAKE, `${GROUP}VZT01_TEMP-TEA-SANI (°C)`),
  rename(UNIT_1, INTAKE, `${GROUP}vzt01_temp-tea-sání (°C)`),
  rename(UNIT_1, EXTRACT, `${GROUP}vzt01_temp-odvod (°C)`),
  rename(UNIT_1, EXTRACT, `${GROUP}vzt01_teplota-teb-odvod (°C)`),
  rename(UNIT_1, SUPPLY, `${GROUP}vzt01_temp-tu1-přívod (°C)`),
  rename(UNIT_1, SUPPLY, `${GROUP}vzt01_temp-tu1-privod [°C]`),
  rename(UNIT_1, EXHAUST, `${GROUP}vzt01_temp-tu2-vyfuk2 (°C)`),
  rename(UNIT_1, OUTDOOR, 'KOT1/Teplota vnější (°C)'),
  rename(UNIT_1, OUTDOOR, 'KOT1/Venkovní teplota (°C)'),
  rename(UNIT_1, 'Date', 'Datum'),
  rename(UNIT_1, 'Date', 'date'),
  rename(UNIT_1, 'Date', 'DateTime'),
  rename(ROOM, 'Temperature_Celsius', 'Temperature(°C)'),
  rename(ROOM, 'Temperature_Celsius', 'Temp_Celsius'),
  rename(ROOM, 'Temperature_Celsius', 'temperature_celsius'),
  rename(ROOM, 'Relative_Humidity(%)', 'Humidity(%)'),
  rename(ROOM, 'Relative_Humidity(%)', 'Relative Humidity (%)'),
  rename(ROOM, 'Relative_Humidity(%)', 'RH_Humidity(%)'),
  {
    sentence: 'two columns that are renamed at once are two findings',
    file: UNIT_1,
    mutate: (text) => text.replace('temp-tea-sani', 'temp-tea-saní').replace('temp-teb-odvod', 'temp-teb-odtah'),
    errors: ['renamed-label', 'renamed-label'],
    renamed: {
      [`${GROUP}vzt01_temp-tea-saní (°C)`]: INTAKE,
      [`${GROUP}vzt01_temp-teb-odtah (°C)`]: EXTRACT,
    },
    acceptable: true,
  },
  {
    sentence: 'a group that is renamed is one finding',
    file: UNIT_1,
    mutate: (text) => text.replaceAll('VZT 01 | Obj. 1', 'VZT 01 / Objekt 1'),
    errors: ['renamed-label'],
    renamed: Object.fromEntries(
      [INTAKE, EXTRACT, SUPPLY, EXHAUST].map((label) => [label.replace('VZT 01 | Obj. 1', 'VZT 01 / Objekt 1'), label]),
    ),
    acceptable: true,
  },
  {
    sentence: 'a column that is renamed and stands elsewhere is still that column',
    file: UNIT_1,
    mutate: (text) => reorderRenamed(text),
    errors: ['renamed-label'],
    renamed: { [`${GROUP}vzt01_temperature-tea-sani (°C)`]: INTAKE },
    acceptable: true,
  },
];

/** The intake moves to the end of the row. */
function reorderRenamed(text: string): string {
  return text
    .replace('vzt01_temp-tea-sani', 'vzt01_temperature-tea-sani')
    .split(/\r?\n/)
    .map((line) => {
      if (line === '') return line;
      const cells = line.split(';');
      return [0, 1, 3, 4, 5, 2, 6].map((at) => cells[at] ?? '').join(';');
    })
    .join('\n');
}

/** Labels that are new, gone, or clearly something else: none is proposed for another. */
export const noRenames: readonly Mutation[] = [
  {
    sentence: 'a column of another quantity in the place of a temperature is not that temperature',
    file: UNIT_1,
    mutate: (text) => text.replace(INTAKE, `${GROUP}vzt01_co2 (ppm)`),
    errors: ['extra-label', 'missing-label'],
  },
  {
    sentence: 'a column of text is not a column of numbers',
    file: UNIT_1,
    mutate: (text) =>
      text
        .replace(INTAKE, `${GROUP}vzt01_tea-sani-stav`)
        .split(/\r?\n/)
        .map((line, i) => (i === 0 || line === '' ? line : line.split(';').with(2, 'ok').join(';')))
        .join('\n'),
    errors: ['extra-label', 'missing-label'],
  },
  {
    sentence: 'a new column is extra, and can be accepted as ignored',
    file: UNIT_1,
    mutate: (text) => addColumn(text, `${GROUP}vzt01_co2 (ppm)`, ';', 0, '400'),
    errors: ['extra-label'],
    acceptable: true,
  },
  {
    sentence: 'a new column whose name is like one that is there is extra',
    file: UNIT_1,
    mutate: (text) => addColumn(text, `${GROUP}vzt01_temp-tea-sani2 (°C)`, ';', 0, '4,00'),
    errors: ['extra-label'],
    acceptable: true,
  },
  {
    sentence: 'a new column of a room sensor is extra',
    file: ROOM,
    mutate: (text) => addColumn(text, 'Dew_Point_Celsius', ',', 1, '9.5'),
    errors: ['extra-label'],
    acceptable: true,
  },
  {
    sentence: 'a mapped column that is gone is missing, and nothing is proposed for it',
    file: UNIT_1,
    mutate: (text) => dropColumn(text, 2, ';', 0),
    errors: ['missing-label'],
  },
  {
    sentence: 'a quantity of a room that is gone is missing',
    file: ROOM,
    mutate: (text) => dropColumn(text, 3, ',', 1),
    errors: ['missing-label'],
  },
  {
    sentence: 'a column that occurs twice is a duplicate',
    file: UNIT_1,
    mutate: (text) => text.replace(EXTRACT, INTAKE),
    errors: ['duplicate-label', 'missing-label'],
  },
  {
    sentence: 'columns whose names say nothing any more are not paired by their order: what they may be is asked',
    file: UNIT_1,
    mutate: (text) => text.replace(INTAKE, `${GROUP}A`).replace(EXTRACT, `${GROUP}B`),
    errors: ['incorrect-label', 'incorrect-label'],
  },
];

function addColumn(text: string, label: string, delimiter: string, header: number, cell: string): string {
  return text
    .split(/\r?\n/)
    .map((line, i) => {
      if (i < header || line === '') return line;
      const cells = line.split(delimiter);
      return [...cells.slice(0, -1), i === header ? label : cell, ''].join(delimiter);
    })
    .join('\n');
}

function dropColumn(text: string, at: number, delimiter: string, header: number): string {
  return text
    .split(/\r?\n/)
    .map((line, i) => (i < header || line === '' ? line : line.split(delimiter).toSpliced(at, 1).join(delimiter)))
    .join('\n');
}
