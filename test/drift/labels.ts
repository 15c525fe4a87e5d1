import { accepts, type DriftCase, refuses } from './drift-case';
import { room, unit, withCells, withColumn, withColumns, withLabel } from './export-table';

const one = unit('01');
const four = unit('04');
const seven = unit('07');
const phone = room('4427', '20241031');

const AMBIENT = 'KOT1/Teplota venkovní (°C)';
const OBJ = 'KOT1/VZT 01 | Obj. 1/';
const INTAKE = `${OBJ}vzt01_temp-tea-sani (°C)`;
const INDOOR = `${OBJ}vzt01_temp-teb-odvod (°C)`;
const FRESH = `${OBJ}vzt01_temp-tu1-privod (°C)`;
const WASTE = `${OBJ}vzt01_temp-tu2-vyfuk (°C)`;

/** One column of unit 01 under another name. */
function renamed(from: string, to: string, sentence = `${from} became ${to}`): DriftCase {
  const label = one.labels.find((other) => other.includes(from))!;
  const now = label.replace(from, to);
  return refuses(sentence, one, withLabel(one, from, to), [`error renamed-label ${now}`], {
    renames: { [now]: label },
  });
}

function renamedInRoom(from: string, to: string): DriftCase {
  return refuses(`${from} became ${to}`, phone, withLabel(phone, from, to), [`error renamed-label ${to}`], {
    renames: { [to]: from },
  });
}

const number = (row: number) => `${400 + (row % 50)},0`;

/** Labels that changed: renamed, in another order, missing, more of them, twice. */
export const labels: readonly DriftCase[] = [
  renamed('temp-tea-sani', 'temperature-tea-sani'),
  renamed('temp-teb-odvod', 'temp-teb-odtah'),
  renamed('temp-tu1-privod', 'temp-tu1-přívod'),
  renamed('temp-tu2-vyfuk', 'temp_tu2_vyfuk'),
  renamed('vzt01_temp-tea-sani', 'temp-tea-sani'),
  renamed('vzt01_temp-tea-sani (°C)', 'vzt01_temp-tea-sani', 'a label lost its unit'),
  renamed('vzt01_temp-tea-sani (°C)', 'vzt01_temp-tea-sani [°C]', 'a unit came into other brackets'),
  renamed('vzt01_temp-tea-sani (°C)', 'VZT01_TEMP-TEA-SANI (°C)', 'a label came into capitals'),
  renamed('Teplota venkovní', 'Teplota vnější'),
  renamed('Teplota venkovní', 'Venkovní teplota'),
  renamed('Teplota venkovní', 'Outdoor temperature', 'a label was translated'),
  renamed('Date', 'Datum'),
  renamedInRoom('Temperature_Celsius', 'Temperature(°C)'),
  renamedInRoom('Temperature_Celsius', 'Temp_Celsius'),
  renamedInRoom('Relative_Humidity(%)', 'Humidity(%)'),
  renamedInRoom('Relative_Humidity(%)', 'Relative Humidity (%)'),
  renamedInRoom('Time', 'Clock'),
  refuses(
    'two labels were renamed at once',
    one,
    withLabel(withLabel(one, 'tea-sani', 'tea-intake'), 'tu2-vyfuk', 'tu2-exhaust'),
    [
      `error renamed-label ${INTAKE.replace('sani', 'intake')}`,
      `error renamed-label ${WASTE.replace('vyfuk', 'exhaust')}`,
    ],
    { renames: { [INTAKE.replace('sani', 'intake')]: INTAKE, [WASTE.replace('vyfuk', 'exhaust')]: WASTE } },
  ),
  refuses(
    'a column was renamed and moved to the end',
    one,
    withColumns(withLabel(one, 'tea-sani', 'tea-intake'), [0, 1, 3, 4, 5, 2]),
    [`error renamed-label ${INTAKE.replace('sani', 'intake')}`],
    { renames: { [INTAKE.replace('sani', 'intake')]: INTAKE } },
  ),
  refuses(
    'the part before the columns of a unit was renamed: one finding for all of them',
    one,
    withLabel(one, 'Obj. 1/', 'Objekt 1/'),
    [`error renamed-label ${INTAKE.replace('Obj.', 'Objekt')}`],
    {
      renames: Object.fromEntries(
        [INTAKE, INDOOR, FRESH, WASTE].map((label) => [label.replace('Obj.', 'Objekt'), label]),
      ),
      says: /4 columns/,
    },
  ),
  refuses(
    'an ignored column was renamed',
    four,
    withLabel(four, 'venkovní', 'venku'),
    ['error renamed-label KOT2/Teplota venku (°C)'],
    { renames: { 'KOT2/Teplota venku (°C)': 'KOT2/Teplota venkovní (°C)' } },
  ),
  accepts('the columns came in another order', one, withColumns(one, [0, 5, 4, 3, 2, 1]), ['info reordered-label -']),
  accepts('the time came last', one, withColumns(one, [1, 2, 3, 4, 5, 0]), ['info reordered-label -']),
  refuses('a column of a unit is missing', one, withColumns(one, [0, 1, 2, 3, 4]), [`error missing-label ${WASTE}`]),
  refuses('two columns of a unit are missing', one, withColumns(one, [0, 1, 2, 3]), [
    `error missing-label ${FRESH}`,
    `error missing-label ${WASTE}`,
  ]),
  refuses(
    'a column is missing that the mapping alone would not miss',
    one,
    withColumns(one, [0, 2, 3, 4, 5]),
    [`error missing-label ${AMBIENT}`],
    { says: /earlier exports/ },
  ),
  refuses('an ignored column is missing', four, withColumns(four, [0, 2, 3, 4, 5]), [
    'error missing-label KOT2/Teplota venkovní (°C)',
  ]),
  refuses('the humidity of a room is missing', phone, withColumns(phone, [0, 1, 2]), [
    'error missing-label Relative_Humidity(%)',
  ]),
  refuses('the time of day of a room is missing', phone, withColumns(phone, [0, 2, 3]), ['error missing-label Time']),
  refuses('a column is new', one, withColumn(one, `${OBJ}vzt01_co2 (ppm)`, number), [
    `error extra-label ${OBJ}vzt01_co2 (ppm)`,
  ]),
  refuses(
    'a column of texts is new',
    one,
    withColumn(one, 'Poznámka', () => 'ok'),
    ['error extra-label Poznámka'],
  ),
  refuses(
    'a column went and another with something else came: no renaming',
    one,
    withColumn(withColumns(one, [0, 1, 2, 3, 4]), `${OBJ}vzt01_hum-rh (%)`, number),
    [`error extra-label ${OBJ}vzt01_hum-rh (%)`, `error missing-label ${WASTE}`],
  ),
  refuses(
    'a column went and one of texts with a name much like it came: no renaming',
    one,
    withCells(withLabel(one, 'temp-tu2-vyfuk', 'temp-tu2-vyfuk-stav'), [5], () => 'ok'),
    [`error extra-label ${WASTE.replace('vyfuk', 'vyfuk-stav')}`, `error missing-label ${WASTE}`],
  ),
  refuses('a column stands twice', one, withColumn(one, INTAKE, number), [`error duplicate-label ${INTAKE}`]),
  refuses('a label is empty', one, withLabel(one, INTAKE, ''), [
    'error blank-label 3',
    `error missing-label ${INTAKE}`,
  ]),
  refuses(
    'the file of another source lies in the folder',
    phone,
    one.labels.join(',').concat('\r\n', one.rows[0]!.join(','), '\r\n'),
    ['error missing-header -'],
  ),
  accepts(
    'the columns of two units stand in one file',
    one,
    {
      ...one,
      labels: [...one.labels.slice(0, -1), ...seven.labels.slice(1)],
      rows: one.rows.map((row, i) => [...row.slice(0, -1), ...seven.rows[i]!.slice(1)]),
    },
    ['warning new-header -'],
  ),
];
