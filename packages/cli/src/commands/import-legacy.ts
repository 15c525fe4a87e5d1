import { printable } from '@sensor-warehouse/model/findings/finding';
import { openZone } from '@sensor-warehouse/model/time/zone';
import type { LabelReading } from '@sensor-warehouse/warehouse/layout/label-reading';
import { type Imported, importLegacy } from '@sensor-warehouse/warehouse/moving-in/import-legacy';
import { dbtPython } from '../options/python';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { joinLines, printText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const IMPORT_LEGACY: Command = {
  name: 'import-legacy',
  usage: 'FILE|FOLDER… --warehouse PLACE',
  summary: 'import the hours of an earlier pipeline, marked as such',
  needsWarehouse: true,
  words: { name: 'file or folder', least: 1, most: Number.POSITIVE_INFINITY },
  options: {
    label: {
      type: 'string',
      value: 'end|start',
      help: 'whether an hour is labelled with its end (default) or its start',
    },
    zone: {
      type: 'string',
      value: 'ZONE',
      help: 'time zone of the old files, whatever they say (default: that of days in seeds/aggregations.csv)',
    },
    without: {
      type: 'string',
      multiple: true,
      value: 'LOCATION',
      help: 'leave out a location of the files (may be repeated)',
    },
    'allow-fewer': { type: 'boolean', help: 'allow a month fewer hours than after the last import' },
  },
  examples: [
    'warehouse import-legacy ./Influx ./Normalized --remote sm2drive=./drive --warehouse sm2drive:Warehouse --dry-run',
    'warehouse import-legacy sm2_public_dataset.parquet --without test --warehouse ./Warehouse',
  ],
  run: (options) =>
    withContext(options, async (context) => {
      const wanted = {
        paths: options.words,
        labels: labelsOf(options, context.configuration.localZone),
        without: new Set(options.own.without as readonly string[] | undefined),
        allowFewer: options.own['allow-fewer'] === true,
      };
      const imported = await importLegacy(context, wanted, dbtPython);
      printText(options.json ? `${JSON.stringify(imported, null, 2)}\n` : inWords(imported, options.dryRun));
      return 0;
    }),
};

function labelsOf({ own }: Options, localZone: string): LabelReading {
  const label = own.label ?? 'end';
  const zone = String(own.zone ?? localZone);
  if (label !== 'end' && label !== 'start')
    throw usage(`--label ${printable(String(label))} is neither end nor start`, IMPORT_LEGACY);
  try {
    openZone(zone);
  } catch {
    throw usage(`--zone ${printable(zone)} is not a known time zone`, IMPORT_LEGACY);
  }
  return { label, zone };
}

const MOST_MONTHS = 60;

function inWords(imported: Imported, dryRun: boolean): string {
  const lines = [imported.equation];
  for (const [fault, rows] of Object.entries(imported.rejected)) lines.push(`rejected ${fault}: ${rows}`);
  if (imported.conflicting > 0) lines.push(`repeated with another value: ${imported.conflicting}`);
  for (const { month, hours, added, replaced, removed } of imported.months.slice(0, MOST_MONTHS)) {
    const changes = [
      added > 0 ? `${added} added` : '',
      replaced > 0 ? `${replaced} replaced` : '',
      removed > 0 ? `${removed} removed` : '',
    ];
    lines.push(`${month}: ${hours} hours, ${changes.filter(Boolean).join(', ')}`);
  }
  if (imported.months.length > MOST_MONTHS) lines.push(`… and ${imported.months.length - MOST_MONTHS} more months`);
  if (imported.publication !== undefined) lines.push(imported.publication);
  if (!imported.changed) lines.push('nothing changed');
  else lines.push(`${dryRun ? 'would publish' : 'published'} version ${imported.version}`);
  return joinLines(lines);
}
