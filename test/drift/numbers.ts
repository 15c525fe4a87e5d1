import { accepts, type DriftCase, refuses } from './drift-case';
import { converted, type ExportTable, room, unit, withCells, withLabel } from './export-table';

const one = unit('01');
const five = unit('05');
const phone = room('493D', '20241031');
const later = room('493D', '20241103');
const VALUES = [1, 2, 3, 4, 5];
const AMBIENT = 'KOT1/Teplota venkovní (°C)';
const INDOOR = 'KOT1/VZT 01 | Obj. 1/vzt01_temp-teb-odvod (°C)';
const fahrenheit = (value: number) => value * 1.8 + 32;

const suspects = (sentence: string, original: ExportTable, changed: ExportTable, column: string, says: RegExp) =>
  refuses(sentence, original, changed, [`error unit-changed ${column}`], { says });

/** Two labels change places, and the cells below them do not. */
function swapped(table: ExportTable, one: number, other: number): ExportTable {
  const labels = [...table.labels];
  [labels[one], labels[other]] = [labels[other]!, labels[one]!];
  return { ...table, labels };
}

/** Numbers that changed below labels that did not, and units in labels. */
export const numbers: readonly DriftCase[] = [
  suspects(
    'a label says Fahrenheit',
    one,
    withCells(withLabel(one, 'venkovní (°C)', 'venkovní (°F)'), [1], converted(',', fahrenheit)),
    AMBIENT.replace('°C', '°F'),
    /°C to °F/,
  ),
  suspects(
    'a phone was set to Fahrenheit, and says so',
    phone,
    withCells(withLabel(phone, 'Temperature_Celsius', 'Temperature_Fahrenheit'), [2], converted('.', fahrenheit, 1)),
    'Temperature_Fahrenheit',
    /°C to °F/,
  ),
  suspects(
    'a phone was set to Fahrenheit, and says so with a sign',
    phone,
    withCells(
      withLabel(phone, 'Temperature_Celsius', 'Temperature_Fahrenheit(°F)'),
      [2],
      converted('.', fahrenheit, 1),
    ),
    'Temperature_Fahrenheit(°F)',
    /°C to °F/,
  ),
  suspects(
    'a label says kelvin',
    one,
    withCells(
      withLabel(one, 'teb-odvod (°C)', 'teb-odvod (K)'),
      [3],
      converted(',', (value) => value + 273.15),
    ),
    INDOOR.replace('°C', 'K'),
    /°C to K/,
  ),
  suspects(
    'a phone was set to Fahrenheit, and does not say so',
    phone,
    withCells(phone, [2], converted('.', fahrenheit, 1)),
    'Temperature_Celsius',
    /°C to °F/,
  ),
  suspects(
    'a unit gives Fahrenheit in one column',
    one,
    withCells(one, [3], converted(',', fahrenheit)),
    INDOOR,
    /°C to °F/,
  ),
  suspects(
    'a unit gives Fahrenheit in all columns',
    one,
    withCells(one, VALUES, converted(',', fahrenheit)),
    AMBIENT,
    /°C to °F/,
  ),
  suspects(
    'a unit gives kelvins',
    five,
    withCells(
      five,
      [2, 3, 4, 5],
      converted(',', (value) => value + 273.15),
    ),
    five.labels[2]!,
    /°C to K/,
  ),
  suspects(
    'a unit gives thousandths',
    one,
    withCells(
      one,
      VALUES,
      converted(',', (value) => value * 1000, 0),
    ),
    AMBIENT,
    /×1000/,
  ),
  suspects(
    'the decimal marks were lost',
    one,
    withCells(one, VALUES, (cell) => cell.replace(',', '')),
    AMBIENT,
    /×100/,
  ),
  suspects(
    'the decimal marks of a room were lost',
    phone,
    withCells(phone, [2], (cell) => cell.replace('.', '')),
    'Temperature_Celsius',
    /×10\b/,
  ),
  suspects(
    'humidity is given as a share',
    phone,
    withCells(
      phone,
      [3],
      converted('.', (value) => value / 100),
    ),
    'Relative_Humidity(%)',
    /÷100/,
  ),
  refuses('the labels of indoor and intake air were swapped', one, swapped(one, 2, 3), [
    'error swapped-label KOT1/VZT 01 | Obj. 1/vzt01_temp-tea-sani (°C)',
  ]),
  refuses('the labels of a room were swapped', phone, swapped(phone, 2, 3), [
    'error swapped-label Relative_Humidity(%)',
  ]),
  accepts('a month of winter is no change of units', one, {
    ...one,
    rows: one.rows.filter(([time]) => /\.01\.2024/.test(time!)),
  }),
  accepts('a month of summer is no change of units', one, {
    ...one,
    rows: one.rows.filter(([time]) => /\.07\.2024/.test(time!)),
  }),
  accepts(
    'a warm day is no change of units',
    phone,
    withCells(
      phone,
      [2],
      converted('.', (value) => value + 12, 1),
    ),
  ),
  accepts('a later week of a room is no change', later, later),
];
