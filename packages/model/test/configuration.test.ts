import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { checkConfiguration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { HOLD } from '@sensor-warehouse/model/seeds/drift-policy';
import { DEFAULT_LIMITS } from '@sensor-warehouse/model/seeds/limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from './support/failure-of';

const SEEDS = fileURLToPath(new URL('../../../seeds', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seeds-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let runs = 0;

/** A change of one seed's text: what stands there, and what is to stand there instead. */
type Edit = readonly [seed: string, from: string | RegExp, to: string];

/** The seeds of this repository with some changes, in a folder of their own. */
async function seedsWith(...edits: readonly Edit[]): Promise<string> {
  const place = join(folder, String(++runs));
  await cp(SEEDS, place, { recursive: true });
  for (const [seed, from, to] of edits) {
    const path = join(place, `${seed}.csv`);
    const text = await readFile(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${seed}.csv does not hold ${from}`);
    await writeFile(path, changed);
  }
  return place;
}

const append = (seed: string, ...rows: readonly string[]): Edit => [
  seed,
  /\n*$/,
  `\n${rows.map((row) => `${row}\n`).join('')}`,
];

/** The header with its optional column. */
const WITH_FLUX: Edit = ['aggregations', 'level,every,timezone', 'level,every,timezone,flux'];

async function mistakesOf(...edits: readonly Edit[]): Promise<readonly Finding[]> {
  const { configuration, findings } = await checkConfiguration(await seedsWith(...edits));
  expect(configuration === undefined).toBe(findings.length > 0);
  return findings;
}

const inShort = ({ file, line, column }: Finding) => `${file}:${line ?? '-'}:${column ?? '-'}`;

async function lineCount(seed: string): Promise<number> {
  return (await readFile(join(SEEDS, `${seed}.csv`), 'utf8')).trimEnd().split('\n').length;
}

test('a sensor may move at a midnight that is written as a date in one row and as an instant in the other', async () => {
  const rows = '493D,SM2_01_L1_01,,2024-12-01T00:00:00Z\n493D,SM2_02_L1_01,2024-12-01,';
  expect(await mistakesOf(['mapping_indoor', '493D,SM2_01_L1_01,,', rows])).toEqual([]);
});

test('the seeds of this repository have no mistakes', async () => {
  const { findings, configuration } = await checkConfiguration(SEEDS);
  expect(findings).toEqual([]);
  expect(configuration!.datasources.map(({ id }) => id)).toEqual(['ventilation', 'indoor']);
});

test.each(['datasources_config', 'exclusions', 'limits', 'quality_thresholds', 'mapping_indoor', 'apis/indoor'])(
  'a file that exists but cannot be read is not taken for an absent one: %s',
  async (name) => {
    const seeds = await seedsWith();
    const file = join(seeds, name.startsWith('apis/') ? `${name}.json` : `${name}.csv`);
    const config = join(seeds, 'datasources_config.csv');
    if (name.startsWith('apis/'))
      await writeFile(config, (await readFile(config, 'utf8')).replace(/^(indoor,[^,]*),csv,/m, '$1,api,'));
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await symlink(file, file);
    await expect(checkConfiguration(seeds)).rejects.toMatchObject({ code: 'ELOOP' });
  },
);

describe('a datasource', () => {
  const sevenColumns =
    'datasource_id,name,type,location,file_pattern,required_columns,data_type\n' +
    'ventilation,Atrea,csv,sm2drive:Uploads,Graph*|Old*,Date,temperature\n';

  async function datasourceOf(config: string) {
    const place = await seedsWith();
    await writeFile(join(place, 'datasources_config.csv'), config);
    await cp(join(SEEDS, 'mapping.csv'), join(place, 'mapping_ventilation.csv'));
    await writeFile(join(place, 'ignored_columns.csv'), 'datasource_id,column,reason\n');
    const { datasources } = await loadConfiguration(place);
    return datasources[0]!;
  }

  test('needs seven columns, and has defaults for the rest', async () => {
    expect(await datasourceOf(sevenColumns)).toMatchObject({
      id: 'ventilation',
      name: 'Atrea',
      location: 'sm2drive:Uploads',
      filePatterns: ['Graph*', 'Old*'],
      requiredColumns: ['Date'],
      layout: 'wide',
      timeColumns: ['Date'],
      datetimeFormats: ['%Y-%m-%d %H:%M:%S'],
      timezone: 'UTC',
      delimiter: ',',
      decimal: '.',
      encoding: 'utf-8',
      nullValues: [],
      skipLines: 0,
      rejectLimit: 0,
      onDrift: HOLD,
      afterIngest: 'remove',
    });
  });

  test('may have a short row if the header names more columns', async () => {
    const short = sevenColumns.replace('data_type\n', 'data_type,layout,time_columns,timezone\n');
    expect(await datasourceOf(short)).toMatchObject({ layout: 'wide', timeColumns: ['Date'], timezone: 'UTC' });
  });

  test.each([
    ['layout', 'wide', { layout: 'wide' }],
    ['time_columns', 'Day;Hour', { timeColumns: ['Day', 'Hour'] }],
    ['datetime_format', '%d.%m.%Y|%Y-%m-%d', { datetimeFormats: ['%d.%m.%Y', '%Y-%m-%d'] }],
    ['datetime_format', '%m/%d/%Y %I:%M %p', { datetimeFormats: ['%m/%d/%Y %I:%M %p'] }],
    ['timezone', 'Europe/Prague', { timezone: 'Europe/Prague' }],
    ['timezone', '-03:30', { timezone: '-03:30' }],
    ['delimiter', 'tab', { delimiter: '\t' }],
    ['delimiter', ';', { delimiter: ';' }],
    ['encoding', 'windows-1250', { encoding: 'windows-1250' }],
    ['null_values', 'NA;-;N/A', { nullValues: ['NA', '-', 'N/A'] }],
    ['skip_lines', '2', { skipLines: 2 }],
    ['mapping', 'mapping', {}],
    ['reject_limit', '10', { rejectLimit: 10 }],
    ['on_drift', 'quarantine', { onDrift: new Map([['*', 'quarantine']]) }],
    ['after_ingest', 'keep', { afterIngest: 'keep' }],
    ['enabled', 'true', {}],
  ])('may say %s=%s', async (column, value, expected) => {
    const config = sevenColumns.replace('data_type\n', `data_type,${column}\n`).replace(/\n$/, `,${value}\n`);
    expect(await datasourceOf(config)).toMatchObject(expected);
  });

  test('may write decimal commas if semicolons separate the columns', async () => {
    const config = sevenColumns.replace('data_type\n', 'data_type,delimiter,decimal\n').replace(/\n$/, ',;,","\n');
    expect(await datasourceOf(config)).toMatchObject({ delimiter: ';', decimal: ',' });
  });

  test('that is not enabled is checked and left out', async () => {
    const place = await seedsWith(['datasources_config', /remove,true(?=\nopenweather)/, 'remove,false']);
    expect((await loadConfiguration(place)).datasources.map(({ id }) => id)).toEqual(['ventilation']);
  });
});

const SOURCE = 'datasources_config';

describe('fields about times that contradict each other are a mistake', () => {
  const columnsOf = async ({ datetime_format, ...fields }: Readonly<Record<string, string>>) => {
    const written = '%d.%m.%Y %H:%M:%S';
    const edits: Edit[] = [
      [SOURCE, /enabled\n/, `enabled,${Object.keys(fields).join(',')}\n`],
      [SOURCE, /remove,true(?=\nindoor)/, `remove,true,${Object.values(fields).join(',')}`],
    ];
    if (datetime_format !== undefined) edits.push([SOURCE, written, datetime_format]);
    return (await mistakesOf(...edits)).map(({ column }) => column);
  };
  const zoned = '%d.%m.%Y %H:%M:%S %Z';

  test.each([
    [{ datetime_format: zoned, zone_names: '' }, ['zone_names']],
    [{ zone_names: 'CET=+01:00' }, ['zone_names']],
    [{ datetime_format: zoned, zone_names: 'CET=+01:00;CET=+02:00' }, ['zone_names']],
    [{ datetime_format: zoned, zone_names: 'CET=+19:00' }, ['zone_names']],
    [{ datetime_format: zoned, zone_names: 'CET=+01:75' }, ['zone_names']],
    [{ datetime_format: zoned, zone_names: 'CET' }, ['zone_names']],
    [{ datetime_format: zoned, zone_names: 'CET=+01:00;CEST=+02:00' }, []],
    [{ datetime_format: '%d.%m.%Y %I:%M', interval: '' }, ['datetime_format']],
    [{ datetime_format: '%d.%m.%Y %H:%M %p', interval: '' }, ['datetime_format']],
    [{ time_label: 'start', interval: '15m' }, ['time_label']],
    [{ time_label: '', interval: '15m' }, ['time_label']],
    [{ time_label: 'end', interval: '15m' }, []],
    [{ time_label: 'end', interval: '' }, []],
    [{ time_label: 'end', interval: '0m' }, ['interval']],
    [{ time_label: 'middle', interval: '' }, ['time_label']],
  ])('%j', async (fields, columns) => {
    expect(await columnsOf(fields)).toEqual(columns);
  });
});

describe('a mistake is found at its file, row and column', () => {
  const kinds: readonly (readonly [string, readonly Edit[], readonly string[]])[] = [
    ['an unknown time zone', [[SOURCE, 'Europe/Prague', 'Europe/Praha']], ['datasources_config.csv:2:timezone']],
    [
      'an unknown part of a datetime_format',
      [[SOURCE, '%d.%m.%Y %H', '%d.%m.%Y %I']],
      ['datasources_config.csv:2:datetime_format'],
    ],
    ['an unknown type', [[SOURCE, 'Atrea,csv', 'Atrea,xls']], ['datasources_config.csv:2:type']],
    ...['sm2drive:../outside', 'sm2drive:Vzd/../../outside', 'sm2drive:..', 'sm2drive:./Vzd'].map(
      (location): readonly [string, readonly Edit[], readonly string[]] => [
        `the location ${location}`,
        [[SOURCE, /sm2drive:Vzd[^,]*/, location]],
        ['datasources_config.csv:2:location'],
      ],
    ),
    ['a location without a remote', [[SOURCE, 'sm2drive:Vzd', 'Vzd']], ['datasources_config.csv:2:location']],
    ['a blank file_pattern', [[SOURCE, 'Graph*', '']], ['datasources_config.csv:2:file_pattern']],
    [
      'an id with capitals',
      [[SOURCE, 'indoor,ThermoPro', 'Indoor,ThermoPro']],
      ['datasources_config.csv:3:datasource_id'],
    ],
    [
      'a decimal mark that also groups the digits',
      [[SOURCE, /^(.*)\n(.*)\n/, '$1,thousands\n$2,","\n']],
      ['datasources_config.csv:2:thousands'],
    ],
    [
      'a unit of cells that could be a part of the number',
      [[SOURCE, /^(.*)\n(.*)\n/, '$1,cell_units\n$2,°C;0 %\n']],
      ['datasources_config.csv:2:cell_units'],
    ],
    ['three time columns', [[SOURCE, 'Date;Time,%d', 'Date;Time;Zone,%d']], ['datasources_config.csv:3:time_columns']],
    [
      'a quantity that the mapping does not yield',
      [[SOURCE, ',temperature,wide', ',temperature;co2,wide']],
      ['datasources_config.csv:2:data_type'],
    ],
    [
      'a mapping that does not exist',
      [[SOURCE, ',mapping,0', ',mapping_lost,0']],
      ['datasources_config.csv:2:mapping'],
    ],
    [
      'a mapping without sensors',
      [[SOURCE, 'mapping_indoor;mapping_indoor_columns', 'mapping_indoor_columns']],
      ['datasources_config.csv:3:mapping'],
    ],
    [
      'a mapping without columns',
      [[SOURCE, 'mapping_indoor;mapping_indoor_columns', 'mapping_indoor']],
      ['datasources_config.csv:3:mapping'],
    ],
    [
      'two sources with one id',
      [[SOURCE, 'indoor,ThermoPro', 'ventilation,ThermoPro']],
      ['datasources_config.csv:3:datasource_id'],
    ],
    ['two sources with one name', [[SOURCE, 'indoor,ThermoPro', 'indoor,Atrea']], ['datasources_config.csv:3:name']],
    [
      'no source that is enabled',
      [
        [SOURCE, /,true/, ',false'],
        [SOURCE, /,true/, ',false'],
      ],
      ['datasources_config.csv:-:enabled'],
    ],
    ['a field too many', [[SOURCE, /true(?=\nopenweather)/, 'true,more']], ['datasources_config.csv:3:-']],
    ['an unknown column', [[SOURCE, 'skip_lines', 'skip_rows']], ['datasources_config.csv:1:skip_rows']],
    ['a column that is missing', [['data_keys', 'unit', 'units']], ['data_keys.csv:1:units', 'data_keys.csv:1:unit']],
    ['a column that occurs twice', [['location_map', 'from,to', 'from,to,to']], ['location_map.csv:1:to']],
    [
      'a label mapped to two targets',
      [append('mapping', 'KOT1/Teplota venkovní (°C),sm2_02,temp_ambient')],
      ['mapping.csv:+:data_key_original'],
    ],
    [
      'two labels mapped to one target',
      [append('mapping', 'KOT9/Teplota (°C),sm2_01,temp_ambient')],
      ['mapping.csv:+:location+data_key'],
    ],
    [
      'a data_key that is not declared',
      [['mapping', 'sm2_01,temp_ambient', 'sm2_01,temp_ambiant']],
      ['mapping.csv:2:data_key'],
    ],
    [
      'a location that is not listed',
      [['mapping', 'sm2_01,temp_ambient', 'sm2_77,temp_ambient']],
      ['mapping.csv:2:location'],
    ],
    ['a blank label', [['mapping', /^KOT1\/Teplota venkovní \(°C\)/m, '']], ['mapping.csv:2:data_key_original']],
    [
      'a label of white space',
      [['mapping', /^KOT1\/Teplota venkovní \(°C\)/m, '  ']],
      ['mapping.csv:2:data_key_original'],
    ],
    [
      'white space behind a label',
      [['mapping', 'venkovní (°C),', 'venkovní (°C) ,']],
      ['mapping.csv:2:data_key_original'],
    ],
    [
      'a label with accents in two characters',
      [['mapping', 'venkovní', 'venkovní'.normalize('NFD')]],
      ['mapping.csv:2:data_key_original'],
    ],
    ['a sensor with the letter O', [['mapping_indoor', '493D', 'DCOC']], ['mapping_indoor.csv:2:sensor']],
    [
      'a sensor that is mapped twice at a time',
      [append('mapping_indoor', '493d,SM2_02_L1_01,,')],
      ['mapping_indoor.csv:+:sensor'],
    ],
    [
      'a sensor that is valid for no time',
      [['mapping_indoor', '493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,2024-12-01,2024-11-01']],
      ['mapping_indoor.csv:2:valid_to'],
    ],
    [
      'a date in another form',
      [['mapping_indoor', '493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,1.12.2024,']],
      ['mapping_indoor.csv:2:valid_from'],
    ],
    [
      'a sensor that is valid from a day that does not exist',
      [['mapping_indoor', '493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,2023-02-29,']],
      ['mapping_indoor.csv:2:valid_from'],
    ],
    [
      'a sensor at a location that is not listed',
      [['mapping_indoor', '493D,SM2_01_L1_01', '493D,SM2_99_L1_01']],
      ['mapping_indoor.csv:2:location'],
    ],
    [
      'a time column that is mapped',
      [append('mapping_indoor_columns', 'Time,temp_indoor')],
      ['mapping_indoor_columns.csv:+:column'],
    ],
    ['a minimum above the maximum', [['data_keys', ',-40,80,', ',80,-40,']], ['data_keys.csv:2:minimum']],
    ['a number with a comma', [['data_keys', ',-40,80,', ',"-40,5",80,']], ['data_keys.csv:2:minimum']],
    [
      'a data_key that occurs twice',
      [append('data_keys', 'temp_ambient,nonadditive,°C,temperature,,,')],
      ['data_keys.csv:+:data_key'],
    ],
    [
      'a measurement that is neither',
      [['data_keys', 'temp_ambient,nonadditive', 'temp_ambient,average']],
      ['data_keys.csv:2:measurement'],
    ],
    ['a location that is listed twice', [append('location_map', 'SM2_01_L1_01,Other')], ['location_map.csv:+:from']],
    ['a public name that is given twice', [append('location_map', 'SM2_99_L1_01,1NP-S1')], ['location_map.csv:+:to']],
    [
      'public names that lead in a circle',
      [append('location_map', 'one,two', 'two,one')],
      ['location_map.csv:+:to', 'location_map.csv:+2:to'],
    ],
    [
      'a threshold of an unknown source',
      [append('quality_thresholds', 'attic,row_count,,1')],
      ['quality_thresholds.csv:+:datasource_id'],
    ],
    ['an unknown check', [append('quality_thresholds', '*,moon_phase,,1')], ['quality_thresholds.csv:+:check']],
    [
      'a threshold that occurs twice',
      [append('quality_thresholds', '*,row_count,,2')],
      ['quality_thresholds.csv:+:datasource_id+check'],
    ],
    [
      'an hour that is not UTC',
      [['aggregations', 'hourly,1h,UTC', 'hourly,1h,Europe/Prague']],
      ['aggregations.csv:2:timezone'],
    ],
    ['a day that is every week', [['aggregations', 'daily,1d', 'daily,1w']], ['aggregations.csv:3:every']],
    ['a level that is missing', [['aggregations', /daily.*\n/, '']], ['aggregations.csv:-:level']],
    [
      'days by a query of your own',
      [
        ['aggregations', 'level,every,timezone', 'level,every,timezone,flux'],
        ['aggregations', /daily.*/, 'daily,1d,Europe/Prague,daily.flux'],
      ],
      ['aggregations.csv:3:flux'],
    ],
    ['a level twice', [append('aggregations', 'daily,1d,Europe/Prague')], ['aggregations.csv:+:level']],
    ['a level with a name of other files', [append('aggregations', 'additive,8h,UTC')], ['aggregations.csv:+:level']],
    ['a level whose name leads elsewhere', [append('aggregations', '../shift,8h,UTC')], ['aggregations.csv:+:level']],
    ['windows that do not fit into an hour', [append('aggregations', 'seven,7m,UTC')], ['aggregations.csv:+:every']],
    ['windows that do not fit into a day', [append('aggregations', 'five,5h,UTC')], ['aggregations.csv:+:every']],
    ['windows with another name', [append('aggregations', 'long,24h,UTC')], ['aggregations.csv:+:every']],
    ['windows of no length', [append('aggregations', 'none,0h,UTC')], ['aggregations.csv:+:every']],
    ['a level in an unknown zone', [append('aggregations', 'shift,8h,Moon')], ['aggregations.csv:+:timezone']],
    [
      'a level in a zone whose hours begin at half past',
      [append('aggregations', 'shift,8h,Asia/Kolkata')],
      ['aggregations.csv:+:timezone'],
    ],
    [
      'parts of an hour in a local zone',
      [append('aggregations', 'quarter,15m,Europe/Prague')],
      ['aggregations.csv:+:timezone'],
    ],
    ['a query that is not there', [WITH_FLUX, append('aggregations', 'm,1h,UTC,m.flux')], ['aggregations.csv:+:flux']],
    [
      'a query in another folder',
      [WITH_FLUX, append('aggregations', 'm,1h,UTC,../m.flux')],
      ['aggregations.csv:+:flux'],
    ],
    [
      'a query over the ends of months, in a local zone, and not there',
      [WITH_FLUX, append('aggregations', 'm,1w,Europe/Prague,m.flux')],
      ['aggregations.csv:+:timezone', 'aggregations.csv:+:every', 'aggregations.csv:+:flux'],
    ],
    [
      'days and weeks in two zones',
      [['aggregations', /weekly,1w,.*/, 'weekly,1w,Europe/London']],
      ['aggregations.csv:4:timezone'],
    ],
    [
      'an exclusion of an unknown data_key',
      [append('exclusions', 'indoor,SM2_01_L1_01,temp,2024-01-01,2024-02-01,broken')],
      ['exclusions.csv:+:data_key'],
    ],
    [
      'an exclusion of an unknown location',
      [append('exclusions', 'indoor,SM2_99,temp_indoor,2024-01-01,2024-02-01,broken')],
      ['exclusions.csv:+:location'],
    ],
    [
      'an exclusion of an unknown source',
      [append('exclusions', 'attic,SM2_01_L1_01,temp_indoor,2024-01-01,2024-02-01,broken')],
      ['exclusions.csv:+:datasource_id'],
    ],
    [
      'an exclusion that ends before it begins',
      [append('exclusions', 'indoor,SM2_01_L1_01,temp_indoor,2024-02-01,2024-01-01,broken')],
      ['exclusions.csv:+:to'],
    ],
    [
      'an exclusion from a day that does not exist',
      [append('exclusions', 'indoor,SM2_01_L1_01,temp_indoor,2024-02-30,2024-03-05,broken')],
      ['exclusions.csv:+:from'],
    ],
    [
      'an exclusion without a reason',
      [append('exclusions', 'indoor,SM2_01_L1_01,temp_indoor,2024-01-01,2024-02-01,')],
      ['exclusions.csv:+:reason'],
    ],
    [
      'a column that is mapped and ignored',
      [append('ignored_columns', 'ventilation,KOT1/Teplota venkovní (°C),twice')],
      ['ignored_columns.csv:+:column'],
    ],
    [
      'an ignored column of an unknown source',
      [append('ignored_columns', 'attic,CO2,none')],
      ['ignored_columns.csv:+:datasource_id'],
    ],
    ['an open quotation mark', [append('exclusions', 'indoor,"SM2')], ['exclusions.csv:+:-']],
  ];

  test.each(kinds)('%s', async (_, edits, expected) => {
    const findings = await mistakesOf(...edits);
    // `+` is the first line after those of the repository's own seed, `+2` the second.
    const places = await Promise.all(
      expected.map(async (place) => {
        const [file, line, column] = place.split(':') as [string, string, string];
        if (!line.startsWith('+')) return `seeds/${place}`;
        return `seeds/${file}:${(await lineCount(file.slice(0, -4))) + Number(line.slice(1) || 1)}:${column}`;
      }),
    );
    expect(findings.map(inShort)).toEqual(places);
    for (const finding of findings) {
      expect(finding).toMatchObject({ code: 'seed-error', severity: 'error', count: 1 });
      for (const said of [finding.found, finding.expected, finding.message, finding.fix]) expect(said).toMatch(/./);
    }
  });

  test('a seed that does not exist', async () => {
    const place = await seedsWith();
    await rm(join(place, 'data_keys.csv'));
    const { findings } = await checkConfiguration(place);
    expect(findings.map(inShort)).toContain('seeds/data_keys.csv:-:-');
  });

  test('a seed that is not UTF-8', async () => {
    const place = await seedsWith();
    await writeFile(join(place, 'location_map.csv'), Buffer.from('from,to\nKo\xe8ka,a\n', 'latin1'));
    const { findings } = await checkConfiguration(place);
    expect(findings[0]).toMatchObject({ file: 'seeds/location_map.csv', fix: 'save it as UTF-8' });
  });

  test('after a blank line and a field over two lines', async () => {
    const findings = await mistakesOf(['ignored_columns', /reason\n/, 'reason\n\nventilation,CO2,"one\ntwo"\n']);
    expect(findings.map(inShort)).toEqual(['seeds/ignored_columns.csv:3:reason']);
    const later = await mistakesOf(
      ['data_keys', 'outdoor air at the building\n', '"outdoor air\nat the building"\n\n'],
      ['data_keys', 'temp_intake,nonadditive', 'temp_intake,mean'],
    );
    expect(later.map(inShort)).toEqual(['seeds/data_keys.csv:5:measurement']);
  });
});

describe('a sensor that moved', () => {
  test('may be mapped twice when the periods do not meet', async () => {
    const findings = await mistakesOf(
      ['mapping_indoor', '493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,,2024-12-01'],
      append('mapping_indoor', '493D,SM2_02_L1_01,2024-12-01,'),
    );
    expect(findings).toEqual([]);
  });
});

test('every mistake of every seed is reported at once, in one failure of the class config', async () => {
  const place = await seedsWith(
    [SOURCE, 'Europe/Prague', 'Europe/Praha'],
    [SOURCE, 'Atrea,csv', 'Atrea,xls'],
    [SOURCE, /,0,hold,remove,true(?=\nopenweather)/, ',some,hold,remove,true'],
    ['data_keys', ',-40,80,', ',80,-40,'],
    ['data_keys', 'temp_intake,nonadditive', 'temp_intake,mean'],
    append('location_map', 'SM2_99_L1_01,1NP-S1'),
    append('quality_thresholds', 'attic,row_count,,1', '*,moon_phase,,1'),
    ['aggregations', 'hourly,1h,UTC', 'hourly,1d,UTC'],
    append('exclusions', 'indoor,SM2_98,temp_indoor,2024-02-01,2024-01-01,broken'),
    append('ignored_columns', 'attic,CO2,none'),
  );
  const { details, message } = await failureOf(loadConfiguration(place));
  expect(details).toMatchObject({ class: 'config', code: 'seed-error' });
  const found = details.findings!.map(({ file, column }) => `${file?.slice(6, -4)} ${column}`);
  expect(found.sort()).toEqual(
    [
      'datasources_config type',
      'datasources_config reject_limit',
      'data_keys minimum',
      'data_keys measurement',
      'location_map to',
      'quality_thresholds datasource_id',
      'quality_thresholds check',
      'aggregations every',
      'exclusions location',
      'exclusions to',
      'ignored_columns datasource_id',
    ].sort(),
  );
  for (const place of ['seeds/data_keys.csv:2:minimum', 'seeds/aggregations.csv:2:every'])
    expect(message).toContain(place);
});

test('own levels are read with their windows and queries', async () => {
  const place = await seedsWith(
    WITH_FLUX,
    append('aggregations', 'shift,8h,Europe/Prague', 'median,1h,UTC,median.flux'),
  );
  await writeFile(join(place, 'median.flux'), 'from(bucket: v.bucket)\n');
  const { ownLevels, localZone } = await loadConfiguration(place);
  expect(localZone).toBe('Europe/Prague');
  expect(ownLevels).toEqual([
    { name: 'shift', every: { unit: 'hour', count: 8 }, timezone: 'Europe/Prague' },
    {
      name: 'median',
      every: { unit: 'hour', count: 1 },
      timezone: 'UTC',
      flux: { file: 'median.flux', text: 'from(bucket: v.bucket)\n' },
    },
  ]);
});

describe('the limits of an export', () => {
  test('are those of the seed, and the defaults for what it leaves out', async () => {
    const place = await seedsWith(['limits', /rows,\d+\n/, ''], ['limits', 'columns,4096', 'columns,9']);
    const { limits, datasources } = await loadConfiguration(place);
    expect(limits).toEqual({ ...DEFAULT_LIMITS, columns: 9 });
    expect(datasources.every((one) => one.limits === limits)).toBe(true);
  });

  test('are the defaults without a seed, and equal those in the seed of this repository', async () => {
    expect((await loadConfiguration(SEEDS)).limits).toEqual(DEFAULT_LIMITS);
    const place = await seedsWith();
    await rm(join(place, 'limits.csv'));
    expect((await loadConfiguration(place)).limits).toEqual(DEFAULT_LIMITS);
  });

  test.each([
    ['an unknown limit', append('limits', 'cells,1') as Edit, 'seeds/limits.csv:7:limit'],
    ['a limit twice', append('limits', 'rows,1') as Edit, 'seeds/limits.csv:7:limit'],
    ['a limit that is not a number', ['limits', 'rows,100000000', 'rows,many'] as Edit, 'seeds/limits.csv:3:value'],
    ['a limit of nothing', ['limits', 'rows,100000000', 'rows,0'] as Edit, 'seeds/limits.csv:3:value'],
    ['a limit that cannot be kept to', ['limits', 'columns,4096', 'columns,65537'] as Edit, 'seeds/limits.csv:4:value'],
  ])('%s is one mistake', async (_, edit, place) => {
    expect((await mistakesOf(edit)).map(inShort)).toEqual([place]);
  });
});

describe('the description of the dataset', () => {
  test.each([
    ['an unknown licence', ['dataset', 'CC-BY-4.0', 'CC-BY-NC-4.0'] as Edit, 'seeds/dataset.csv:5:value'],
    [
      'a name that is not a file name',
      ['dataset', 'sm2_public_dataset', '../sm2'] as Edit,
      'seeds/dataset.csv:2:value',
    ],
    ['a property twice', append('dataset', 'title,Another') as Edit, 'seeds/dataset.csv:6:property'],
    ['a property too few', ['dataset', /^title.*\n/m, ''] as Edit, 'seeds/dataset.csv:-:property'],
    ['a property that is not known', append('dataset', 'doi,10.1') as Edit, 'seeds/dataset.csv:6:property'],
    ['a contact that is neither', append('dataset', 'contact,the caretaker') as Edit, 'seeds/dataset.csv:6:value'],
    ['a keyword of nothing', append('dataset', 'keywords,air;;heat') as Edit, 'seeds/dataset.csv:6:value'],
    ['an address of a disk', append('dataset', 'address,file:///data') as Edit, 'seeds/dataset.csv:6:value'],
    [
      'an address that ends a text',
      append('dataset', "address,https://example.org/a'b") as Edit,
      'seeds/dataset.csv:6:value',
    ],
    [
      'an address that asks for something',
      append('dataset', 'address,https://example.org/?a=b') as Edit,
      'seeds/dataset.csv:6:value',
    ],
  ])('%s is one mistake', async (_, edit, place) => {
    expect((await mistakesOf(edit)).map(inShort)).toEqual([place]);
  });

  test('may give its publisher, contact, subject and address', async () => {
    const rows = [
      'provider,A school',
      'contact,data@example.org',
      'keywords,air; heat',
      'description,What rooms breathe',
    ];
    const place = await seedsWith(append('dataset', [...rows, 'address,https://example.org/data/'].join('\n')) as Edit);
    expect((await loadConfiguration(place)).dataset).toMatchObject({
      ...{ provider: 'A school', contact: 'data@example.org', keywords: ['air', 'heat'] },
      ...{ description: 'What rooms breathe', address: 'https://example.org/data' },
    });
  });

  test('leaves out what is not given', async () => {
    expect(Object.keys((await loadConfiguration(SEEDS)).dataset)).toEqual(['name', 'title', 'citation', 'license']);
  });
});
