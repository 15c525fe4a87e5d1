import { HEADER, OUTDOOR, rooms, SUPPLY } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, GOOD, GOOD_ROWS, lines, refuses } from './bad-input';

const roomHeader = 'Date,Time,Temperature_Celsius,Relative_Humidity(%)';
const twoNames = declaring(
  {
    requiredColumns: ['Date', 'Time'],
    columns: new Map([
      ['Temperature_Celsius', { location: '', dataKey: 'temp_indoor' }],
      ['Temperature(°C)', { location: '', dataKey: 'temp_indoor' }],
      ['Relative_Humidity(%)', { location: '', dataKey: 'humidity_indoor' }],
    ]),
  },
  rooms,
);

/** Labels that are not those of the contract. */
export const columns: readonly BadInput[] = [
  refuses('a label that occurs twice is refused at its second place', lines(`${HEADER};${OUTDOOR}`, `${GOOD[0]};9`), {
    findings: [`error duplicate-label 1:${OUTDOOR} ×1`],
    found: /column 4/,
    lines: 1,
  }),
  accepts('white space around a label is left out', exportOf(...GOOD).replace('Date;', ' Date ;')),
  refuses('a label in other capitals is another label', exportOf(...GOOD).replace('Date;', 'date;'), {
    findings: ['error renamed-label 1:date ×1'],
    found: /"date"/,
    lines: 2,
  }),
  accepts(
    'columns come by name, in any order',
    lines(`${SUPPLY};Date;${OUTDOOR}`, '21;23.11.2026 08:00:00;4,5', '21,1;23.11.2026 09:00:00;4,6'),
  ),
  refuses(
    'a required column that is missing is refused with the columns that were found',
    lines(`${OUTDOOR};${SUPPLY}`, '4,5;21'),
    {
      findings: ['error missing-label 1:Date ×1'],
      found: /Teplota venkovní.*Teplota přívodu/,
      lines: 1,
    },
  ),
  refuses('the columns of one group come all or none', lines(`Date;${OUTDOOR}`, '23.11.2026 08:00:00;4,5'), {
    findings: [`error missing-label 1:${SUPPLY} ×1`],
    lines: 1,
  }),
  refuses('a column that is neither mapped nor ignored is refused', lines(`${HEADER};CO2`, `${GOOD[0]};400`), {
    findings: ['error extra-label 1:CO2 ×1'],
    fix: /ignored_columns/,
    lines: 1,
  }),
  refuses(
    'a column without a name between others is refused',
    lines(`Date;${OUTDOOR};;${SUPPLY}`, '23.11.2026 08:00:00;4,5;7;21'),
    {
      findings: ['error blank-label 1:3 ×1'],
      lines: 1,
    },
  ),
  refuses('a renamed column is one finding that names both names', exportOf(...GOOD).replace('venkovní', 'vnější'), {
    findings: ['error renamed-label 1:KOT1/Teplota vnější (°C) ×1'],
    found: /vnější/,
    lines: 2,
  }),
  refuses(
    'a unit that is renamed in the header is another column',
    exportOf(...GOOD).replace('venkovní (°C)', 'venkovní (°F)'),
    {
      findings: ['error unit-changed 1:KOT1/Teplota venkovní (°F) ×1'],
      lines: 2,
    },
  ),
  refuses('a file that holds only the time holds no readings', lines('Date', '23.11.2026 08:00:00'), {
    findings: ['error missing-label 1:- ×1'],
    lines: 1,
  }),
  accepts(
    'each quantity of a sensor may come under any of its names',
    lines('Timestamp', 'Date,Time,Temperature(°C),Relative_Humidity(%)', '23/11/2026,8:00,20.5,45'),
    {
      contract: twoNames,
      landed: [['2026-11-23T07:00:00.000Z', 3, null, 20.5, 45]],
    },
  ),
  refuses(
    'a quantity of a sensor under two names at once is refused',
    lines('Timestamp', `${roomHeader},Temperature(°C)`, '23/11/2026,8:00,20.5,45,20.5'),
    {
      contract: twoNames,
      findings: ['error duplicate-label 2:Temperature(°C) ×1'],
      lines: 1,
    },
  ),
  refuses(
    'a quantity of a sensor that is missing is refused',
    lines('Timestamp', 'Date,Time,Temperature_Celsius', '23/11/2026,8:00,20.5'),
    {
      contract: rooms,
      findings: ['error missing-label 2:Relative_Humidity(%) ×1'],
      lines: 1,
    },
  ),
  accepts(
    'labels that JavaScript knows as properties are labels like all others',
    lines('Date;__proto__;constructor', '23.11.2026 08:00:00;4,5;21', '23.11.2026 09:00:00;4,6;21,1'),
    {
      contract: declaring({
        columns: new Map([
          ['__proto__', { location: 'sm2_01', dataKey: 'temp_ambient' }],
          ['constructor', { location: 'sm2_01', dataKey: 'temp_intake' }],
        ]),
      }),
      landed: GOOD_ROWS,
    },
  ),
];
