import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { SEED_SCHEMAS } from '@sensor-warehouse/model/seeds/seed-schemas';
import { HEX_PATTERN } from '@sensor-warehouse/model/seeds/sensor-pattern';
import { globToTest } from '../ingest/file-patterns';
import { type Flag, type Given, type Question, saidOf } from './given';
import { idFor, patternFor } from './proposals';
import { settleApi } from './settle-api';
import { settleColumns } from './settle-columns';
import { openQuestions } from './settle-form';
import { requireSensorNames, settlePublicNames, settleSensors } from './settle-places';
import type { SourcePlan } from './source-plan';
import { sourceRow } from './source-row';
import { isZone, zoneMistake, zoneOfLabel } from './zone-of-label';

/** The settled facts about a new source. Without questions and mistakes there is a plan. */
export interface Settled {
  readonly plan: SourcePlan | undefined;
  readonly questions: readonly Question[];
  /** Invalid answers, as messages. */
  readonly mistakes: readonly string[];
}

const FIELDS = SEED_SCHEMAS.datasources_config.properties as Readonly<
  Record<'datasource_id' | 'location' | 'interval', { readonly pattern: string; readonly description: string }>
>;

/**
 * Puts together what samples show and a person said.
 * @param names of the samples
 * @param configuration what there is: ids and names that are taken, data_keys, public names
 */
export function settleSource(
  look: SampleLook,
  names: readonly string[],
  given: Given,
  configuration: Configuration,
): Settled {
  const mistakes: string[] = [];
  const questions: Question[] = [];
  const ask = (flag: Flag, text: string, proposal?: string): string | undefined => {
    const said = saidOf(given, flag);
    if (said === undefined) questions.push({ flag, prefix: '', text, ...(proposal ? { proposal } : {}) });
    return said;
  };
  const sources = [...configuration.datasources, ...configuration.disabled];
  const free = idFor(names);
  const id = ask(
    'id',
    'a short name for the source, for files and models',
    sources.some((one) => one.id === free) ? '' : free,
  );
  requireId(id, sources, mistakes);
  const proposedName = saidOf(given, 'id') ?? free;
  const name = ask(
    'name',
    'the name of the source in the dataset',
    sources.some((one) => one.name === proposedName) ? '' : proposedName,
  );
  if (sources.some((one) => one.name === name)) mistakes.push(`--name ${quoted(name!)} is taken`);
  const isApi = saidOf(given, 'type') === 'api';
  const where = isApi
    ? 'what is asked, such as https://api.example.org/now?lat=50&key={API_KEY}; the key itself comes from the environment'
    : 'where uploads arrive: a remote and a folder, such as mydrive:Boiler/Upload';
  const place = ask('location', where);
  if (look.json === undefined && given.type !== undefined) mistakes.push('--type is only for JSON samples');
  const api = isApi && place !== undefined ? settleApi(place, mistakes) : undefined;
  const location = isApi ? api?.location : place;
  if (!isApi && location !== undefined && !new RegExp(FIELDS.location.pattern, 'u').test(location))
    mistakes.push(`--location ${quoted(location)} is not ${FIELDS.location.description}`);
  const pattern = ask('pattern', 'which files of the folder belong to this source', patternFor(names));
  // The answers of each API are in a folder of their own.
  if (pattern !== undefined) requirePattern(pattern, names, isApi ? undefined : location, sources, mistakes);
  // A time with its offset, or counted from 1970, is an instant whatever the zone.
  const timeLabels = look.timeColumns.value ?? [];
  const timezone = look.absolute
    ? (saidOf(given, 'timezone') ?? 'UTC')
    : ask(
        'timezone',
        'the time zone of the clock that wrote the times, such as Europe/Prague, or UTC',
        timeLabels.map(zoneOfLabel).find(Boolean),
      );
  const noZone = timezone !== undefined && !isZone(timezone);
  if (noZone) mistakes.push(`--timezone ${quoted(timezone)} is not an IANA time zone`);
  const otherZone = timezone === undefined || noZone || look.absolute ? undefined : zoneMistake(timezone, timeLabels);
  if (otherZone !== undefined) mistakes.push(otherZone);
  questions.push(...openQuestions(look, given));
  requireLabels(look, mistakes);
  requireInterval(look, given, mistakes);
  // Which columns there are, and what they may be, depends on what is still open here.
  if (questions.some(({ flag }) => FORM.has(flag))) return { plan: undefined, questions, mistakes };
  const layout = look.layout.value!;
  const ofSensors = layout !== 'wide';
  const own = id ?? free;
  const columns = settleColumns(
    look,
    given,
    { id: own, locations: ofSensors ? 'of-sensors' : 'of-columns', dataKeys: configuration.dataKeys },
    { questions, mistakes },
  );
  const sensors = ofSensors ? settleSensors(look, given, own, questions, mistakes) : [];
  if (!ofSensors && given.sensor !== undefined)
    mistakes.push('--sensor is for sensors in names or in rows, not in columns');
  if (layout === 'file-per-sensor') requireSensorNames(names, given, mistakes);
  const locations = [...columns.columns, ...sensors].map((one) => one.location).filter(Boolean);
  const publicNames = settlePublicNames(locations, given, configuration, questions, mistakes);
  if (questions.length > 0 || mistakes.length > 0) return { plan: undefined, questions, mistakes };
  const row = sourceRow(
    look,
    {
      id: id!,
      name: name!,
      location: location!,
      pattern: pattern!,
      timezone: timezone!,
      sensorPattern: saidOf(given, 'sensor-pattern') ?? HEX_PATTERN,
      zoneNames: (given['zone-name'] ?? []).join(';'),
      interval: saidOf(given, 'interval') ?? '',
      isApi,
    },
    columns,
    configuration,
  );
  const settings = api === undefined ? {} : { apiSettings: api.settings };
  return { plan: { id: id!, row, layout, ...columns, sensors, publicNames, ...settings }, questions, mistakes };
}

function requireId(id: string | undefined, sources: Configuration['datasources'], mistakes: string[]): void {
  if (id === undefined) return;
  if (!new RegExp(FIELDS.datasource_id.pattern).test(id))
    mistakes.push(`--id ${quoted(id)} is not ${FIELDS.datasource_id.description}`);
  if (sources.some((one) => one.id === id)) mistakes.push(`--id ${quoted(id)} is taken`);
}

function requirePattern(
  pattern: string,
  names: readonly string[],
  location: string | undefined,
  sources: Configuration['datasources'],
  mistakes: string[],
): void {
  const fits = (patterns: readonly string[], name: string) =>
    patterns.some((one) => !one.includes('**') && globToTest(one)(name));
  const others = names.filter((name) => !fits(pattern.split('|').filter(Boolean), name));
  if (others.length > 0) mistakes.push(`--pattern ${quoted(pattern)} does not fit ${others.map(quoted).join(', ')}`);
  for (const { id, filePatterns } of sources.filter((one) => one.location === location)) {
    const taken = names.filter((name) => fits(filePatterns, name));
    if (taken.length > 0) mistakes.push(`${taken.map(quoted).join(', ')} in ${location} would be taken by ${id} too`);
  }
}

const FORM: ReadonlySet<Flag> = new Set<Flag>([
  'records',
  'encoding',
  'delimiter',
  'decimal',
  'thousands',
  'time-column',
  'layout',
  'sensor-column',
  'quantity-column',
  'value-column',
]);

function requireInterval({ timeLabel }: SampleLook, given: Given, mistakes: string[]): void {
  const interval = saidOf(given, 'interval');
  if (interval === undefined) return;
  if (!new RegExp(FIELDS.interval.pattern).test(interval))
    mistakes.push(`--interval ${quoted(interval)} is not ${FIELDS.interval.description}`);
  if (timeLabel.value === 'start') mistakes.push('--interval goes with --time-label end');
}

/** Columns that have a task are there, and can be named in a list that is separated by semicolons. */
function requireLabels(look: SampleLook, mistakes: string[]): void {
  const { columns, timeColumns, sensorColumn, quantityColumn, valueColumn } = look;
  const labels = columns.map(({ label }) => label);
  for (const [flag, { value }] of Object.entries({
    'sensor-column': sensorColumn,
    'quantity-column': quantityColumn,
    'value-column': valueColumn,
  }))
    if (value && !labels.includes(value))
      mistakes.push(`--${flag}: there is no ${quoted(value)}, only ${labels.map(quoted).join(', ')}`);
  const tasks = [...(timeColumns.value ?? []), sensorColumn.value, quantityColumn.value, valueColumn.value];
  for (const label of tasks)
    if (label?.includes(';')) mistakes.push(`the column ${quoted(label)} holds a ;, and cannot be named in the seeds`);
}
