// node test/warehouses/make-0.1.0.mjs CHECKOUT FOLDER
//
// Wrote test/warehouses/0.1.0/ with a checkout of 0.1.0 on which `npm run setup` had been run (Node 20). It is kept to
// say what is in there; what it makes with a newer program is not a warehouse of 0.1.0.

import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const [checkout, folder] = process.argv.slice(2).map((path) => resolve(path));
const environment = JSON.parse(readFileSync(join(checkout, 'build', 'environment.json'), 'utf8'));
const HOUR = 3_600_000;

rmSync(folder, { recursive: true, force: true });
for (const part of ['dbt_project.yml', 'profiles.yml', 'models', 'macros', 'seeds'])
  cpSync(join(checkout, part), join(folder, 'project', part), { recursive: true });
example(join(folder, 'example'));
movedIn(join(folder, 'moved-in'));

/** The warehouse of the demo, its exports cut to some days around changes of the clock. */
function example(place) {
  const uploads = join(checkout, 'examples', 'sm2');
  const cut = (path, head, isKept) => {
    const [...lines] = readFileSync(join(uploads, path), 'utf8').split(/(?<=\r\n)/);
    return lines.filter((line, index) => index < head || isKept(line)).join('');
  };
  const days =
    (...starts) =>
    (line) =>
      starts.some((start) => line.startsWith(start));
  const ventilation = (name) => `Vzduchotechnika/Latest/Upload/${name}`;
  const indoor = (name) => `Indoor/Latest/Upload/ThermoProSensor_export_${name}.csv`;
  const summer = days('30.03.2024', '31.03.2024', '26.10.2024', '27.10.2024', '28.10.2024', '01.11.2024');
  const files = [
    [ventilation('Graph_sm2_01.csv'), 1, summer],
    [ventilation('Graph_sm2_02.csv'), 1, summer],
    [indoor('493D_20241031'), 2, days('26/10', '27/10', '30/10', '31/10')],
    [indoor('CCEA_20241031'), 2, days('10/26', '10/27')],
  ];
  const next = [
    [ventilation('Graph_sm2_04.csv'), 1, summer],
    [indoor('493D_20241103'), 2, days('10/31', '11/01')],
  ];
  for (const [path, head, isKept] of files) lay(join(place, 'drive', path), cut(path, head, isKept));
  for (const [path, head, isKept] of next) lay(join(place, 'next', path), cut(path, head, isKept));
  warehouse(place, join(folder, 'project'), '2024-11-29T12:00:00Z', 0, ['run']);
}

/** Legacy hours, levels of its own, a held source, rows and a file in the quarantine, a backfill that is half made. */
function movedIn(place) {
  const seeds = {
    datasources_config: (text) => text.replace('mapping_indoor_columns,0,hold', 'mapping_indoor_columns,3,hold'),
    aggregations: (text) => `${text}quarter_hour,15m,UTC\nthree_hourly,3h,Europe/Prague\n`,
    mapping: (text) => text.replace(/(tu2-vyfuk \(°C\),sm2_01),\w+/, '$1,air_volume'),
    data_keys: (text) => `${text}air_volume,additive,m³,volume,0,100000,air moved\n`,
  };
  // The whole project for 0.1.0, which knows dbt levels only in a project of an absolute path; kept is what differs.
  const project = join(folder, 'whole-project');
  cpSync(join(folder, 'project'), project, { recursive: true });
  const change = (path, text) => {
    lay(join(project, path), text);
    lay(join(place, 'project', path), text);
  };
  const seed = (name) => readFileSync(join(project, 'seeds', `${name}.csv`), 'utf8');
  for (const [name, changed] of Object.entries(seeds)) change(`seeds/${name}.csv`, changed(seed(name)));
  const page = readFileSync(join(checkout, 'docs', 'aggregation-levels.md'), 'utf8');
  const [, model] = /^```sql\n(-- models\/3_aggregations\/agg_weekly\.sql\n[\s\S]*?)^```/m.exec(page);
  change('models/3_aggregations/agg_weekly.sql', model);

  const old = join(folder, 'old');
  lay(join(old, 'nonadditive_2024-03.hourly.csv'), oldHours('2024-03-30T00:00:00Z', 48));
  lay(join(old, 'nonadditive_2024-09.hourly.csv'), oldHours('2024-08-31T12:00:00Z', 30));
  warehouse(place, project, '2024-09-19T06:00:00Z', 0, ['import-legacy', old]);

  const upload = (where, source, { name, text }) => lay(join(place, where, source, 'Latest', 'Upload', name), text);
  const vent = (name, from, to) => atrea(name, samples(from, to, 30, [1, 2, 3, 4, 5]));
  upload('drive', 'Vzduchotechnika', vent('Graph_september.csv', '2024-09-01T00:00:00Z', '2024-09-03T00:00:00Z'));
  upload('drive', 'Indoor', thermoPro('493D', samples('2024-09-01T00:00:00Z', '2024-09-02T12:00:00Z', 10, [11, 12])));
  warehouse(place, project, '2024-09-20T06:00:00Z', 0, ['run']);

  upload('drive', 'Vzduchotechnika', vent('Graph_october.csv', '2024-10-26T00:00:00Z', '2024-10-28T00:00:00Z'));
  const october = thermoPro('493D', samples('2024-10-26T12:00:00Z', '2024-10-27T12:00:00Z', 10, [11, 12]));
  lay(join(place, 'corrected.csv'), october.text);
  const lines = october.text.split(/(?<=\r\n)/);
  for (const at of [10, 11]) lines[at] = lines[at].replace(/^([^,]+,[^,]+),[^,]+/, '$1,20.0 C');
  upload('drive', 'Indoor', { ...october, text: lines.join('') });
  warehouse(place, project, '2024-10-29T06:00:00Z', 0, ['run']);

  upload('drive', 'Vzduchotechnika', vent('Graph_november.csv', '2024-11-01T00:00:00Z', '2024-11-02T00:00:00Z'));
  const second = vent('Graph_november_2.csv', '2024-11-02T00:00:00Z', '2024-11-03T00:00:00Z');
  upload('next', 'Vzduchotechnika', second);
  upload('drive', 'Vzduchotechnika', { ...second, text: second.text.replace('temp-tu1-privod', 'temperature-tu1') });
  upload('drive', 'Indoor', thermoPro('493D', samples('2024-10-27T06:00:00Z', '2024-10-28T00:00:00Z', 10, [11, 12])));
  upload('next', 'Indoor', thermoPro('CCEA', samples('2024-10-26T18:00:00Z', '2024-11-02T06:00:00Z', 30, [13, 14])));
  warehouse(place, project, '2024-11-05T06:00:00Z', 2, ['run']);

  change(
    'seeds/exclusions.csv',
    `${seed('exclusions')}indoor,SM2_01_L1_01,temp_indoor,2024-09-01T06:00:00Z,2024-09-01T09:00:00Z,moved to the cellar
ventilation,sm2_01,temp_fresh,2024-09-02T00:00:00Z,2024-09-02T02:30:00Z,filter changed\n`,
  );
  const { plan, windows } = backfillStep(place, project, { step: 'plan', from: '2024-09', to: '2024-11' });
  const [first] = JSON.parse(windows);
  backfillStep(place, project, { step: 'window', plan, window: first.window });
  writeFileSync(join(place, 'staged.json'), `${JSON.stringify({ plan, windows: JSON.parse(windows) }, null, 2)}\n`);
  for (const scratch of [project, old]) rmSync(scratch, { recursive: true });
}

function lay(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const arrival = Date.UTC(2024, 7, 1) / 1000;
  utimesSync(path, arrival, arrival);
}

function warehouse(place, project, now, expected, [command, ...words]) {
  const bound = ['--remote', `sm2drive=${join(place, 'drive')}`, '--warehouse', 'sm2drive:Warehouse'];
  run(expected, [join(checkout, 'bin', 'warehouse'), command, ...words, ...bound, '--project', project, '--now', now]);
}

/** A job of the workflow Backfill. */
function backfillStep(place, project, inputs) {
  const output = join(folder, 'output');
  const all = {
    project,
    work: join(folder, 'work'),
    warehouse: 'sm2drive:Warehouse',
    remotes: `sm2drive=${join(place, 'drive')}`,
    now: '2024-11-05T12:00:00Z',
    mode: 'stale',
    'dry-run': 'false',
    'max-months': '24',
    'allow-fewer': 'false',
    engine: 'embedded',
    'window-months': '2',
    cache: 'false',
    ...inputs,
  };
  writeFileSync(output, '');
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  run(0, [join(checkout, 'actions', 'backfill', 'dist', 'index.js')], { ...env, GITHUB_OUTPUT: output });
  const outputs = [...readFileSync(output, 'utf8').matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)];
  for (const scratch of ['output', 'work'])
    if (existsSync(join(folder, scratch))) rmSync(join(folder, scratch), { recursive: true });
  return Object.fromEntries(outputs.map(([, name, , value]) => [name, value]));
}

function run(expected, args, env = {}) {
  const done = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...environment, ...process.env, ...env },
    encoding: 'utf8',
  });
  appendFileSync(join(dirname(folder), 'make.log'), `${args.join(' ')}\n${done.stdout}${done.stderr}\n`);
  if (done.status !== expected)
    throw new Error(`${args.join(' ')} ended with ${done.status}\n${done.stdout}${done.stderr}`);
}

/** Prague's clock by the rule of the European Union, not by the code that reads it back. */
function pragueOffset(instant) {
  const year = new Date(instant).getUTCFullYear();
  const lastSunday = (month) => {
    const last = new Date(Date.UTC(year, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * 24 * HOUR;
  };
  return instant >= lastSunday(2) && instant < lastSunday(9) ? 2 * HOUR : HOUR;
}

function wall(time) {
  const [year, month, day, hour, minute] = new Date(time + pragueOffset(time)).toISOString().split(/[-T:]/);
  return { year, month, day, hour, minute };
}

/** A value with one decimal for every series and instant. */
function samples(from, to, minutes, series) {
  const rows = [];
  for (let time = Date.parse(from); time < Date.parse(to); time += minutes * 60_000)
    rows.push({ time, values: series.map((one) => (((time / 60_000) * 37 + one * 101) % 200) / 10 + 5) });
  return rows;
}

function thermoPro(sensor, rows) {
  const lines = rows.map(({ time, values }) => {
    const { day, month, year, hour, minute } = wall(time);
    return `${day}/${month}/${year},${Number(hour)}:${minute},${values.join()},\r\n`;
  });
  const { year, month, day, hour, minute } = wall(rows.at(-1).time);
  return {
    name: `ThermoProSensor_export_${sensor}_${year}${month}${day}.csv`,
    text: [
      `Timestamp of export ${year}-${month}-${day} ${hour}:${minute},\r\n`,
      'Date,Time,Temperature_Celsius,Relative_Humidity(%),\r\n',
      ...lines,
    ].join(''),
  };
}

function atrea(name, rows) {
  const unit = 'KOT1/VZT 01 | Obj. 1/vzt01_temp-';
  const labels = [
    'KOT1/Teplota venkovní',
    ...['tea-sani', 'teb-odvod', 'tu1-privod', 'tu2-vyfuk'].map((one) => unit + one),
  ];
  const lines = rows.map(({ time, values }) => {
    const { day, month, year, hour, minute } = wall(time);
    const cells = values.map((value) => value.toFixed(2).replace('.', ','));
    return `${day}.${month}.${year} ${hour}:${minute}:00;${cells.join(';')};\r\n`;
  });
  return { name, text: `Date;${labels.map((label) => `${label} (°C)`).join(';')};\r\n${lines.join('')}` };
}

/** Hours as the pipeline before this one wrote them: the label is the hour's end on Prague's clock, marked as UTC. */
function oldHours(from, hours) {
  const rows = samples(from, new Date(Date.parse(from) + hours * HOUR).toISOString(), 60, [21, 22]);
  const lines = rows.flatMap(({ time, values }) => {
    const { year, month, day, hour } = wall(time + HOUR);
    const label = `${year}-${month}-${day}T${hour}:00:00Z`;
    return [
      `${label},sm2_01,Atrea,nonadditive,temp_fresh,${values[0]}`,
      `${label},SM2_01_L1_01,ThermoPro,nonadditive,temp_indoor,${values[1]}`,
    ];
  });
  return `time,location,source,measurement,data_key,data_value\n${lines.join('\n')}\n`;
}
