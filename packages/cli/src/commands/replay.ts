import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { findingLineFor } from '@sensor-warehouse/model/findings/finding-text';
import { requireFiles } from '@sensor-warehouse/storage/local-file';
import { type Outcome, type Replayed, replay } from '@sensor-warehouse/warehouse/upkeep/replay';
import { namedSo } from '../options/named-exports';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const REPLAY: Command = {
  name: 'replay',
  usage: 'ENTRY… --warehouse PLACE [--file CORRECTED]',
  summary: 'put quarantined uploads back into their upload folder, if they are valid now',
  needsWarehouse: true,
  words: { name: 'ENTRY', least: 1, most: Number.POSITIVE_INFINITY },
  options: {
    file: {
      type: 'string',
      value: 'CORRECTED',
      help: 'a corrected copy, instead of the quarantined one (only with one ENTRY)',
    },
  },
  examples: [
    'warehouse replay quarantine/indoor/0a1b2c3d4e5f_ThermoProSensor_export_493D_20241031.csv.report.json --warehouse sm2drive:Warehouse --remote sm2drive=./drive --dry-run',
    'warehouse replay quarantine/indoor/0a1b2c3d4e5f_ThermoProSensor_export_493D_20241031.csv.rows --file corrected.csv --warehouse ./warehouse',
  ],
  run: replayEntries,
};

const TOLD: Readonly<Record<Outcome, string>> = {
  replayed: 'put into the upload folder; the next run takes it',
  waiting: 'already in the upload folder; the next run takes it',
  seen: 'already handed over; there is nothing to do',
  refused: 'still refused; nothing was changed',
};

async function replayEntries(options: Options): Promise<number> {
  const corrected = options.own.file as string | undefined;
  if (corrected !== undefined && options.words.length > 1) throw usage('--file works with one ENTRY only', REPLAY);
  if (corrected !== undefined) await requireFiles([corrected], 'replay', 'nothing was changed');
  return withContext(options, async (context) => {
    const all: Replayed[] = [];
    for (const entry of options.words) {
      const replayed = await replay(context, entry, corrected);
      all.push(replayed);
      if (!options.json) printText(textOf(replayed, context.dryRun, corrected, options));
    }
    if (options.json) printText(`${JSON.stringify(all, null, 2)}\n`);
    return all.some(({ outcome }) => outcome === 'refused') ? EXIT_CODES.input : 0;
  });
}

function textOf(
  { datasource, name, outcome, report }: Replayed,
  dryRun: boolean,
  corrected: string | undefined,
  options: Options,
): string {
  const named = namedSo(corrected ?? name, options);
  const told = dryRun && outcome === 'replayed' ? `would be ${TOLD.replayed}` : TOLD[outcome];
  const { lines, landed, quarantined } = report.counts;
  const findings = report.findings.map((finding) => `  ${findingLineFor(finding, named)}\n`);
  return `${printable(name)} [${datasource}]: lines ${lines} = landed ${landed} + quarantined ${quarantined}; ${told}\n${findings.join('')}`;
}
