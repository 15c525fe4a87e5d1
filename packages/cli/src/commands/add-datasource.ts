import { basename, join } from 'node:path';
import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { addSource } from '@sensor-warehouse/warehouse/onboarding/add-source';
import { FLAGS, type Flag, type Given } from '@sensor-warehouse/warehouse/onboarding/given';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import type { Sample } from '@sensor-warehouse/warehouse/onboarding/try-source';
import { dbtPython } from '../options/python';
import { lookAtAll, readSamples } from '../options/read-samples';
import { askUntilSettled, type Settle, type SettledSource, settleByProposals } from '../options/settle-source';
import { addedText, lookJson, lookText } from '../terminal/added-text';
import { askOn } from '../terminal/ask';
import type { Command, Options, OwnOption } from '../terminal/command';
import { printText, tellText } from '../terminal/print';
import { usage } from '../terminal/usage';

const HELP: Readonly<Record<Flag, readonly [value: string, help: string]>> = {
  id: ['ID', 'short name of the source, for files and models'],
  name: ['NAME', 'name of the source in the dataset'],
  location: ['REMOTE:FOLDER', 'where uploads arrive'],
  timezone: ['ZONE', 'time zone of the clock that wrote the times, e.g. Europe/Prague'],
  pattern: ['GLOB', 'which files of the folder belong to the source'],
  type: ['TYPE', 'of JSON: json for files (the default), api for a web service'],
  records: ['POINTER', 'of JSON: the list of records, e.g. list[], or . for the document itself'],
  layout: ['LAYOUT', 'wide, file-per-sensor, or long'],
  'sensor-pattern': ['NAME', 'layout file-per-sensor: where the file name has the sensor id, e.g. sensor-{id}_*.csv'],
  'sensor-column': ['LABEL', 'layout long: the column that names the sensor'],
  'quantity-column': ['LABEL', 'one row per reading: the column that says what was measured'],
  'value-column': ['LABEL', 'one row per reading: the column that holds the value'],
  encoding: ['NAME', 'character encoding, e.g. windows-1250'],
  delimiter: ['MARK', 'what separates the columns: , ; | or tab'],
  decimal: ['MARK', 'decimal mark: . or ,'],
  thousands: ['MARK', "thousands separator: space ' . , or none"],
  'skip-lines': ['NUMBER', 'number of lines before the header, not counting comments'],
  'final-line-end': ['WORD', 'optional if the last row may lack its line end, otherwise required'],
  'time-column': ['LABEL', 'column of the time; give it twice for a date and a time of day'],
  'datetime-format': ['FORMAT', 'e.g. %d.%m.%Y %H:%M; separate several by |'],
  'zone-name': ['NAME=OFFSET', 'name of a zone that %Z reads, with its offset, e.g. CET=+01:00 (may be repeated)'],
  'time-label': ['WORD', 'whether times are the start or the end of their interval'],
  interval: ['STEP', 'length of that interval, e.g. 15m or 1h (default: the usual step of the file)'],
  'null-value': ['TEXT', 'a text that means «no value» (may be repeated)'],
  column: ['LABEL=KEY@PLACE', 'what a column measures: a data_key at a location (may be repeated)'],
  kind: [
    'LABEL=KIND',
    'kind of its numbers: interval (amounts, summed), counter (a meter), level (averaged) (may be repeated)',
  ],
  ignore: ['LABEL[=REASON]', 'leave a column out (may be repeated)'],
  sensor: ['ID=PLACE', 'location of a sensor that a file or a row names (may be repeated)'],
  'data-key': ['KEY=…', 'a new data_key: unit;quantity;additive or nonadditive;minimum;maximum (may be repeated)'],
  'public-name': ['PLACE=NAME', 'public name of a location (may be repeated)'],
};

const OPTIONS: Record<string, OwnOption> = {
  yes: { type: 'boolean', default: false, help: 'accept all proposals; you must still give what has none' },
  ...Object.fromEntries(
    FLAGS.map((flag) => [flag, { type: 'string', multiple: true, value: HELP[flag][0], help: HELP[flag][1] }]),
  ),
};

export const ADD_DATASOURCE: Command = {
  name: 'add-datasource',
  usage: 'SAMPLE… [options]',
  summary: 'add a source: look at a sample, ask what it does not show, try it, write seeds and models',
  needsWarehouse: false,
  words: { name: 'sample', least: 1, most: Number.POSITIVE_INFINITY },
  options: OPTIONS,
  examples: [
    'warehouse add-datasource boiler_2024-10.csv',
    'warehouse add-datasource boiler_2024-10.csv --yes --location mydrive:Boiler/Upload --timezone Europe/Prague --dry-run',
    "warehouse add-datasource boiler.csv --id boiler --column 'Supply (°C)=temp_supply@cellar' --ignore Remark",
  ],
  run: addDatasource,
};

async function addDatasource(options: Options): Promise<number> {
  const { project, now, dryRun, json } = options;
  const say = (line: string) => tellText(`${line}\n`);
  const configuration = await loadConfiguration(join(project, 'seeds'), { withoutSources: true });
  const samples = options.words.map((path): Sample => ({ path, name: basename(path) }));
  const names = samples.map(({ name }) => name);
  const python = await dbtPython();
  say(`add-datasource: looking at ${names.map(printable).join(', ')}`);
  const bytes = await readSamples(samples);
  const looks = new Map<string, SampleLook>();
  const settle: Settle = (given) => {
    const mistakes: string[] = [];
    const form = declaredForm(given, mistakes);
    if (mistakes.length > 0) throw usage(mistakes.join('; '), ADD_DATASOURCE);
    // Most answers do not change the form, and examining months of readings by the minute takes a second or two.
    const key = JSON.stringify(form);
    const look = looks.get(key) ?? lookAtAll(bytes, now, form);
    looks.set(key, look);
    return { look, ...settleSource(look, names, given, configuration) };
  };
  const given = givenOf(options);
  tellText(lookText(settle(given).look));
  const { look, plan } = await settled(given, settle, options);
  const added = await addSource({ project, now, dryRun, say, plan, samples, python });
  for (const finding of added.tried.findings) say(findingLine(finding));
  printText(
    json
      ? `${JSON.stringify({ written: !dryRun, look: lookJson(look), plan, ...added }, null, 2)}\n`
      : addedText(plan, added, dryRun),
  );
  return 0;
}

/** Questions are for a person at a terminal; a script gets one list of what is missing. */
async function settled(given: Given, settle: Settle, { own, json }: Options): Promise<SettledSource> {
  const takes = own.yes === true;
  if (takes || json || process.stdin.isTTY !== true) return settleByProposals(given, settle, takes, ADD_DATASOURCE);
  const asking = askOn(process.stdin, process.stderr);
  try {
    return await askUntilSettled(given, settle, asking, ADD_DATASOURCE);
  } finally {
    asking.close();
  }
}

function givenOf({ own }: Options): Given {
  return Object.fromEntries(FLAGS.flatMap((flag) => (own[flag] === undefined ? [] : [[flag, own[flag]]])));
}
