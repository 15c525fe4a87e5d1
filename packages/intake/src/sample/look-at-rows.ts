import { HEX_PATTERN, sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import type { FoundTable } from './find-table';
import type { DeclaredForm, SampleLook } from './look-at-sample';
import type { NumberForm } from './number-form';
import { columnsOfSample, quantitiesOf, type SampleColumn } from './sample-columns';
import { layoutOf, type SampleLayout } from './sample-layout';
import { withQuantityTrends, withTrends } from './sample-trend';
import type { TimeOfSample } from './time-columns';
import { timeLabelOf } from './time-label';
import { likeliest } from './told';
import { withoutSensors, wordSensors } from './word-sensors';

/** What the rows of a table show, from delimited text or JSON. */
export type RowsLook = SampleLayout &
  Pick<
    SampleLook,
    | 'rows'
    | 'datetimeFormat'
    | 'absolute'
    | 'zones'
    | 'timeLabel'
    | 'columns'
    | 'quantities'
    | 'sensors'
    | 'wordSensors'
    | 'interval'
  >;

/** Looks at the rows below a header whose times are known: the layout, the columns, and what their numbers do. */
export function lookAtRows(
  name: string,
  table: FoundTable,
  { columns: timeColumns, format, absolute, texts, walls, zones }: TimeOfSample,
  form: NumberForm,
  declared: DeclaredForm,
): RowsLook {
  const nullValues = declared.nullValues ?? [];
  const seen = columnsOfSample(table, timeColumns, form, nullValues);
  const layout = layoutOf(name, table, seen, texts, declared);
  const sensorColumn = layout.sensorColumn.value ?? '';
  const words = wordSensors(table, form, sensorColumn, [...timeColumns, layout.quantityColumn.value]);
  const left = [...words, ...(declared.ignored ?? [])];
  const kept = withoutSensors(table, sensorColumn, left);
  const columns =
    kept === table
      ? seen
      : columnsOfSample(kept, timeColumns, form, nullValues).map((one, at) =>
          one.label === sensorColumn ? seen[at]! : one,
        );
  const inOrder = walls.length === table.rows.length && walls[0]! > walls.at(-1)! ? kept.rows.toReversed() : kept.rows;
  const rows = { ...table, rows: inOrder };
  const [quantity, value] = [layout.quantityColumn.value, layout.valueColumn.value];
  return {
    rows: table.rows.length,
    datetimeFormat: format,
    absolute,
    zones: /%Z/.test(likeliest(format)) ? zones : [],
    timeLabel: timeLabelOf(timeColumns, texts, declared.timeLabel),
    ...layout,
    columns: withTrends(columns, rows, form, sensorColumn),
    quantities:
      quantity && value
        ? withQuantityTrends(quantitiesOf(kept, quantity, value, form, nullValues), rows, form, [
            sensorColumn,
            quantity,
            value,
          ])
        : [],
    sensors: sensorsOf(name, columns, layout, declared.sensorPattern),
    wordSensors: words,
    interval: intervalOf(walls),
  };
}

function sensorsOf(
  name: string,
  columns: readonly SampleColumn[],
  { layout, sensorColumn }: SampleLayout,
  pattern = HEX_PATTERN,
): readonly string[] {
  if (layout.value === 'long') return columns.find(({ label }) => label === sensorColumn.value)?.distinct ?? [];
  const sensor = layout.choices.includes('file-per-sensor') ? sensorIdOf(name, pattern) : undefined;
  return sensor === undefined ? [] : [sensor];
}

function intervalOf(walls: Float64Array): number | undefined {
  const times = [...new Set(walls)].sort((a, b) => a - b);
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  return steps.sort((a, b) => a - b)[steps.length >> 1];
}
