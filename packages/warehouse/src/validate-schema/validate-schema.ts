import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type LandedFile,
  landingColumns,
  NO_ROWS,
  writeLandedFiles,
  writeLanding,
} from '@sensor-warehouse/intake/landing/landing';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport, FileCounts } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { onDriftOf } from '@sensor-warehouse/model/seeds/drift-policy';
import { SOURCE_DEADLINE } from '../ingest/fetch-uploads';
import { INGESTED, type Ingested } from '../ingest/ingested';
import { noTimeFinding } from '../ingest/upload-findings';
import { isAbout, type Refusal, verdictDigest } from '../layout/refusals';
import { everyRefusedRow, type KeptUpload, keepInQuarantine } from '../quarantine/keep';
import type { Context } from '../run/context';
import { inWork } from '../run/in-work';
import type { IngestedFile } from '../run/ingested-file';
import type { Stage, StageOutcome } from '../run/run-stage';
import { everyCell, everyLine } from './conserve';
import { VALIDATED, type Validated, type ValidatedFile } from './validated';

/** Bytes of an upload that takes seconds to read. */
const LARGE = 50_000_000;
const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);

/** Beside the landings of the sources; no datasource_id begins with an underscore. */
const FILES = '_files';

function hold(held: Record<string, string[]>, datasource: string, name: string): void {
  held[datasource] = [...(held[datasource] ?? []), name];
}

/** Whether the source waits until the upload can be taken; for a whole folder, nobody knows what is missing. */
function isHolding({ code, file }: Finding, { onDrift }: Datasource): boolean {
  return file === undefined || onDriftOf(onDrift, code) === 'hold';
}

function sumOf(files: readonly Pick<ValidatedFile, 'counts'>[]): FileCounts {
  const sum = (pick: (counts: FileCounts) => number) => files.reduce((total, { counts }) => total + pick(counts), 0);
  return {
    lines: sum(({ lines }) => lines),
    landed: sum(({ landed }) => landed),
    quarantined: sum(({ quarantined }) => quarantined),
    cells: sum(({ cells }) => cells),
    readings: sum(({ readings }) => readings),
    empty: sum(({ empty }) => empty),
    ignored: sum(({ ignored }) => ignored),
    cellsQuarantined: sum(({ cellsQuarantined }) => cellsQuarantined),
  };
}

/** The verdict of a run before on the same bytes, if nothing changed that it follows from. */
async function standingRefusal(
  program: string,
  refusals: readonly Refusal[],
  file: IngestedFile,
  datasource: Datasource,
): Promise<Refusal | undefined> {
  const found = refusals.find((one) => isAbout(one, file));
  if (found === undefined) return undefined;
  return found.rules === (await verdictDigest(datasource, program)) ? found : undefined;
}

async function refusalOf(
  program: string,
  { datasource, name, sha256 }: IngestedFile,
  { counts, findings, holds }: ExportReport,
  source: Datasource,
): Promise<Refusal> {
  return { datasource, file: name, sha256, rules: await verdictDigest(source, program), counts, findings, holds };
}

/** dbt reads the folder of a source whatever came, so a file without rows gives it the columns. */
async function emptyLanding(work: string, datasource: Datasource): Promise<string> {
  const landing = inWork(work, 'landing', datasource.id);
  await rm(landing, { recursive: true, force: true });
  await mkdir(landing, { recursive: true });
  await writeLanding(join(landing, '000000.parquet'), landingColumns(datasource), NO_ROWS);
  return landing;
}

/** Reads every new upload against its contract: landing for the accepted, quarantine with a report for the refused. */
async function validateSchema(
  context: Context,
  { ingested }: { readonly ingested: Ingested },
): Promise<StageOutcome<{ readonly validated: Validated }>> {
  const files: ValidatedFile[] = [];
  const findings: Finding[] = [];
  const untaken: Finding[] = [...ingested.untaken];
  const held: Record<string, string[]> = {};
  const refusals: Refusal[] = [];
  const landed: LandedFile[] = [];
  const kept: KeptUpload[] = [];
  let told = Date.now();
  const room = newRoom(context.configuration.limits);
  // In a permanent work folder, the leftovers of an earlier run would be handed over again.
  await rm(inWork(context.work, 'quarantine'), { recursive: true, force: true });
  for (const datasource of context.configuration.disabled) await emptyLanding(context.work, datasource);
  for (const datasource of context.configuration.datasources) {
    const { id } = datasource;
    const landing = await emptyLanding(context.work, datasource);
    const end = Date.now() + SOURCE_DEADLINE;
    for (const file of ingested.files.filter((one) => one.datasource === id)) {
      const standing = await standingRefusal(context.program, ingested.refusals, file, datasource);
      if (standing !== undefined) {
        files.push({ ...file, verdict: 'refused', counts: standing.counts });
        findings.push(...standing.findings);
        refusals.push(standing);
        if (standing.holds) hold(held, id, file.name);
        continue;
      }
      if (Date.now() > end) {
        untaken.push(noTimeFinding(datasource, { path: file.name }, SOURCE_DEADLINE));
        continue;
      }
      if (Date.now() - told > 2000 || file.bytes > LARGE) {
        told = Date.now();
        context.say(
          `validate-schema: file ${files.length + 1} of ${ingested.files.length}, ${megabytes(file.bytes)} MB of ${id}`,
        );
      }
      const stem = join(landing, String(file.ordinal).padStart(6, '0'));
      const report = await readExport(
        { path: file.local, name: file.name, ordinal: file.ordinal },
        datasource,
        stem,
        context.now,
        room,
      );
      files.push({ ...file, verdict: report.verdict, counts: report.counts, period: report.period });
      findings.push(...report.findings);
      if (report.holds) hold(held, id, file.name);
      if (report.verdict === 'accepted')
        landed.push({
          datasource: id,
          source: datasource.name,
          ordinal: file.ordinal,
          name: file.name,
          sensor: report.sensor,
        });
      else if (!report.mayPass) refusals.push(await refusalOf(context.program, file, report, datasource));
      if (report.verdict === 'refused' || report.rejected.length > 0)
        kept.push(await keepInQuarantine(context.work, file, report, datasource));
    }
    for (const finding of untaken.filter((one) => one.datasource === id))
      if (isHolding(finding, datasource)) hold(held, id, finding.file ?? `${datasource.location}/`);
  }
  await mkdir(inWork(context.work, 'landing', FILES), { recursive: true });
  await writeLandedFiles(inWork(context.work, 'landing', FILES, '000000.parquet'), landed);
  const counts = sumOf(files);
  const before = sumOf(refusals.filter((one) => ingested.refusals.includes(one)));
  const inQuarantine = await everyRefusedRow(kept, counts.quarantined - before.quarantined);
  const { seen, absent, undelivered } = ingested;
  const { lines, landed: out, quarantined } = counts;
  return {
    output: { validated: { files, seen, absent, undelivered, untaken, held, refusals, findings } },
    counts: { files: files.length, in: lines, out, quarantined, repeated: 0 },
    laws: [everyCell(counts), inQuarantine, everyLine(counts)],
    findings: [...findings, ...untaken.slice(ingested.untaken.length)],
  };
}

export const validateSchemaStage: Stage<{ readonly ingested: Ingested }, { readonly validated: Validated }> = {
  name: 'validate-schema',
  reads: { ingested: INGESTED },
  writes: { validated: VALIDATED },
  run: validateSchema,
};
