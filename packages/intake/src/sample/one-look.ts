import { printable } from '@sensor-warehouse/model/findings/finding';
import type { SampleLook } from './look-at-sample';
import type { SampleColumn } from './sample-columns';
import { trendOfAll } from './sample-trend';
import { likeliest, open, type Told, told } from './told';

/** Samples of one source, seen together. */
export interface LookOfAll {
  readonly look: SampleLook;
  /** Differences between two samples that samples of one source cannot have, as texts. */
  readonly differences: readonly string[];
}

/** Combines the looks at several samples: one may show what another leaves open. */
export function oneLook(looks: readonly SampleLook[]): LookOfAll {
  const differences: string[] = [];
  const [first] = looks as [SampleLook];
  const same = <T>(what: string, of: (look: SampleLook) => Told<T>): Told<T> => {
    const shown = looks.map((look) => ({ name: look.name, value: of(look).value }));
    const values = shown.filter(({ value }) => value !== undefined);
    const other = values.find(({ value }) => JSON.stringify(value) !== JSON.stringify(values[0]!.value));
    if (other !== undefined) differences.push(`${what}: ${inWords(values[0]!)}, ${inWords(other)}`);
    return values[0] === undefined ? of(first) : told(values[0].value as T);
  };
  const look: SampleLook = {
    ...first,
    encoding: same('encoding', (one) => one.encoding),
    delimiter: same('delimiter', (one) => one.delimiter),
    decimal: same('decimal mark', (one) => one.decimal),
    thousands: thousandsOfAll(looks),
    skipLines: same('lines before the header', (one) => told(one.skipLines)).value!,
    finalLineEnd:
      looks.find(({ finalLineEnd }) => finalLineEnd.value !== 'required')?.finalLineEnd ?? first.finalLineEnd,
    doubles: new Map(looks.flatMap(({ doubles }) => [...doubles])),
    commentPrefix: same('comments', (one) => told(one.commentPrefix)).value!,
    unitRow: same('row of units', (one) => told(one.unitRow)).value!,
    timeColumns: same('columns of time', (one) => one.timeColumns),
    datetimeFormat: formatOfAll(looks),
    zones: [...new Map(looks.flatMap(({ zones }) => zones.map((one) => [one.name, one] as const))).values()],
    timeLabel: looks.find(({ timeLabel }) => timeLabel.value !== 'start')?.timeLabel ?? first.timeLabel,
    layout: layoutOfAll(
      looks,
      same('layout', (one) => one.layout),
    ),
    rows: looks.reduce((sum, { rows }) => sum + rows, 0),
    sensorColumn: same('column of sensors', (one) => one.sensorColumn),
    quantityColumn: same('column of quantities', (one) => one.quantityColumn),
    valueColumn: same('column of values', (one) => one.valueColumn),
    absolute: looks.every(({ absolute }) => absolute),
    columns: columnsOfAll(looks.flatMap((one) => one.columns)),
    quantities: columnsOfAll(looks.flatMap((one) => one.quantities)),
    wordSensors: [...new Set(looks.flatMap((one) => one.wordSensors))],
    sensors: [...new Set(looks.flatMap(({ sensors }) => sensors))],
  };
  return { look: withJson(look, looks, differences), differences };
}

/** In JSON the same label means the same place in all samples. */
function withJson(look: SampleLook, looks: readonly SampleLook[], differences: string[]): SampleLook {
  const forms = looks.flatMap(({ json, name }) => (json === undefined ? [] : [{ name, ...json }]));
  const [first] = forms;
  if (first === undefined) return look;
  if (forms.length < looks.length) differences.push('some samples are JSON, and some are not');
  const pointers: Record<string, string> = {};
  for (const { name, records, pointers: own } of forms) {
    if (likeliest(records) !== likeliest(first.records))
      differences.push(
        `records: ${inWords({ name: first.name, value: likeliest(first.records) })}, ${inWords({ name, value: likeliest(records) })}`,
      );
    for (const [label, pointer] of Object.entries(own)) {
      const before = pointers[label] ?? pointer;
      if (before !== pointer)
        differences.push(
          `${label}: ${inWords({ name: first.name, value: before })}, ${inWords({ name, value: pointer })}`,
        );
      pointers[label] = before;
    }
  }
  return { ...look, json: { records: first.records, pointers } };
}

function inWords({ name, value }: { readonly name: string; readonly value: unknown }): string {
  return `${printable(JSON.stringify(value))} in ${printable(name)}`;
}

/** Where numbers of one sample are grouped, those of another may be too small for it. */
function thousandsOfAll(looks: readonly SampleLook[]): Told<string> {
  const grouped = looks.filter(({ thousands }) => thousands.value !== '');
  return (grouped.find(({ thousands }) => thousands.value === undefined) ?? grouped[0] ?? looks[0]!).thousands;
}

/** A source may declare several formats; a file that fits more than one of them is decided when it is read. */
function formatOfAll(looks: readonly SampleLook[]): Told<string> {
  const formats = new Set<string>();
  for (const { datetimeFormat } of looks) {
    if (datetimeFormat.value === undefined) return datetimeFormat;
    formats.add(datetimeFormat.value);
  }
  return told([...formats].join('|'));
}

/** Several samples of the same columns, each with another sensor in its name, are files of one sensor each. */
function layoutOfAll(looks: readonly SampleLook[], layout: SampleLook['layout']): SampleLook['layout'] {
  if (layout.value !== undefined || looks.length === 1) return layout;
  const sensors = looks.map(({ sensors: [sensor = ''] }) => sensor);
  const labels = new Set(looks.map(({ columns }) => columns.map(({ label }) => label).join('\n')));
  return new Set(sensors).size > 1 && labels.size === 1
    ? told('file-per-sensor')
    : open(layout.choices, layout.evidence);
}

function columnsOfAll(all: readonly SampleColumn[]): SampleColumn[] {
  const columns = new Map<string, SampleColumn>();
  for (const column of all) {
    const before = columns.get(column.label);
    columns.set(column.label, before === undefined ? column : together(before, column));
  }
  return [...columns.values()];
}

function together(one: SampleColumn, other: SampleColumn): SampleColumn {
  const texts = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
  const number = (pick: (...numbers: number[]) => number, a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? (a ?? b) : pick(a, b);
  return {
    label: one.label,
    heading: one.heading,
    unit: one.unit ?? other.unit,
    kind: one.kind === 'empty' || other.kind === 'text' ? other.kind : one.kind,
    nulls: texts(one.nulls, other.nulls),
    strange: texts(one.strange, other.strange),
    likeNumbers: one.likeNumbers || other.likeNumbers,
    likeClock: one.likeClock || other.likeClock,
    cellUnits: texts(one.cellUnits, other.cellUnits),
    mayBeId: one.mayBeId && other.mayBeId,
    least: number(Math.min, one.least, other.least),
    most: number(Math.max, one.most, other.most),
    distinct: texts(one.distinct, other.distinct),
    trend: trendOfAll(one.trend, other.trend),
  };
}
