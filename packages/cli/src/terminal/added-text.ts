import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { likeliest } from '@sensor-warehouse/intake/sample/told';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { AddedSource } from '@sensor-warehouse/warehouse/onboarding/add-source';
import type { SourcePlan } from '@sensor-warehouse/warehouse/onboarding/source-plan';
import { joinLines } from './print';
import { tableLines } from './table';
import { textDiff } from './text-diff';

/** A summary of samples in a few lines. */
export function lookText(look: SampleLook): string {
  const { encoding, delimiter, decimal, datetimeFormat, timeColumns, layout, columns, rows, interval } = look;
  const shown = (one: Parameters<typeof likeliest>[0]) =>
    one.value === undefined ? `open (${one.evidence})` : printable(String(one.value === '\t' ? 'tab' : one.value));
  const lines = [
    look.json !== undefined
      ? `${rows} records of JSON at ${shown(look.json.records)}, layout ${shown(layout)}`
      : `${rows} rows in ${shown(encoding)}, columns separated by ${shown(delimiter)}, decimal mark ${shown(decimal)}, layout ${shown(layout)}`,
    ...(look.json !== undefined
      ? []
      : [
          `header in line ${look.headerLine}${look.unitRow ? ', a row of units below it' : ''}${look.comments > 0 ? `, ${look.comments} comments` : ''}`,
        ]),
    `time in ${likeliest(timeColumns)
      .map((label) => `${quoted(label)}${pointerText(look, label)}`)
      .join(' and ')} as ${shown(datetimeFormat)}${interval === undefined ? '' : `, every ${durationText(interval)}`}`,
    ...columns
      .filter(({ kind }) => kind !== 'time')
      .map(({ label, kind, unit, least, most, nulls }) =>
        [
          `  ${quoted(label)}${pointerText(look, label)}: ${kind}`,
          unit === undefined ? '' : `in ${unit}`,
          least === undefined ? '' : `${least} to ${most}`,
          nulls.length === 0 ? '' : `no value: ${nulls.map(quoted).join(', ')}`,
        ]
          .filter(Boolean)
          .join(', '),
      ),
  ];
  return joinLines(lines);
}

/** For JSON: where the value of a label is. */
function pointerText({ json }: SampleLook, label: string): string {
  const pointer = json?.pointers[label] ?? label;
  return pointer === label ? '' : ` at ${printable(pointer)}`;
}

/** The same for programs; texts only as a count. */
export function lookJson(look: SampleLook): object {
  const counted = (columns: SampleLook['columns']) =>
    columns.map(({ distinct, ...column }) => ({ ...column, distinct: distinct.length }));
  return { ...look, columns: counted(look.columns), quantities: counted(look.quantities) };
}

function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** The files that changed, and the first hours that would be published. */
export function addedText({ id }: SourcePlan, { changes, tried }: AddedSource, dryRun: boolean): string {
  const diffs = changes.map(({ path, before, after }) => textDiff(path, before, after)).join('');
  const last = new Map(tried.stages.map((one) => [one.stage, one]));
  const equations = [...last.values()].map(({ stage, equation }) => `${stage}: ${equation}\n`).join('');
  const { first, count } = tried.hours;
  const rows = first.map((one) => [
    one.hour,
    printable(one.location),
    printable(one.source),
    one.dataKey,
    String(Number(one.value.toFixed(3))),
    String(one.readings),
  ]);
  const table = joinLines(tableLines([['hour', 'location', 'source', 'data_key', 'value', 'readings'], ...rows], 4));
  const held =
    tried.held.length === 0 ? '' : `a delivery like this would be held: ${tried.held.map(printable).join(', ')}\n`;
  const end = dryRun
    ? `dry run: nothing was written\n`
    : `${id} is added: ${changes.length} files were written; review them, and commit\n`;
  return `${diffs}\n${equations}\n${table}${count > first.length ? `… ${count} hours in all\n` : ''}\n${held}${end}`;
}
