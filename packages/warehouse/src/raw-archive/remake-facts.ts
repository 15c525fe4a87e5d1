import { mkdir, rm } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Ingested } from '../ingest/ingested';
import { isConsumed } from '../layout/consumption';
import { type FactsManifest, generationNumber, manifestPath } from '../layout/facts-manifest';
import type { Pointer } from '../layout/pointer';
import { writeDocument } from '../layout/write-document';
import { factsIn } from '../publish-facts/make-manifest';
import { rawPath } from '../publish-facts/write-generation';
import type { Context } from '../run/context';
import { inWork } from '../run/in-work';
import { carryOut } from '../run/run-stage';
import type { ProvideDbt } from '../transform/run-dbt';
import { transformStage } from '../transform/transform';
import type { Transformed } from '../transform/transformed';
import { validateSchemaStage } from '../validate-schema/validate-schema';
import type { Validated } from '../validate-schema/validated';
import { fetchRawCopies } from './raw-copies';

/** Facts that were missing or damaged, as they are in the warehouse again. */
export interface RemadeFacts {
  /** The manifest as it was, or with what today's seeds and models make of the same uploads. */
  readonly manifest: FactsManifest;
  readonly local: string;
  readonly finding: Finding;
}

/**
 * Rebuilds the facts of a generation from its raw copies, through the stages that made them, and puts them back. With
 * unchanged seeds and models they have the bytes of before. If not, and nobody has consumed them, the manifest is written
 * again with what they are now, unless readings would be missing.
 * @throws Failure (remote-permanent) if a raw copy is missing or damaged, or facts would be missing
 */
export async function remakeFacts(
  context: Context,
  provideDbt: ProvideDbt,
  pointer: Pointer,
  manifest: FactsManifest,
): Promise<RemadeFacts> {
  const { warehouse, dryRun, say } = context;
  const path = `facts/${manifest.generation}/${manifest.facts.file}`;
  const { validated, transformed } = await stagesAgain(context, provideDbt, manifest);
  const { path: local, sha256 } = transformed.facts;
  const isSame = sha256 === manifest.facts.sha256;
  const again = isSame ? manifest : withFacts(manifest, validated, transformed);
  if (!isSame) requireNotLess(context.warehouse, pointer, manifest, again, path);
  say(`heal: ${dryRun ? 'would restore' : 'restores'} ${warehouse.name}/${path}`);
  if (!dryRun) {
    await warehouse.upload(local, path);
    if (!isSame) {
      const file = inWork(context.work, 'again', `${manifest.generation}.json`);
      // The number by which it is consumed may differ from the one in its name.
      await writeDocument(file, { ...again, number: generationNumber(again.generation)! });
      await warehouse.upload(file, manifestPath(manifest.generation));
    }
  }
  const told = isSame ? '' : ', with today’s seeds and models';
  return {
    manifest: again,
    local,
    finding: {
      code: 'facts-healed',
      severity: 'warning',
      file: path,
      count: transformed.facts.rows,
      message: `facts were missing or damaged, and were rebuilt from the raw copies${told}`,
      fix: 'find out who changed them; nothing is lost',
    },
  };
}

async function stagesAgain(context: Context, provideDbt: ProvideDbt, { generation, files }: FactsManifest) {
  const work = inWork(context.work, 'again', generation);
  await rm(work, { recursive: true, force: true });
  await mkdir(inWork(work, 'raw'), { recursive: true });
  const own: Context = { ...context, work };
  const copies = files.map((file) => ({ file, path: rawPath(file, generation), generation: 0 }));
  context.say(`heal: the facts of generation ${generation} from ${copies.length} raw copies`);
  const locals = await fetchRawCopies(own.warehouse, copies, inWork(work, 'raw'));
  const ingested: Ingested = {
    files: files.map(({ datasource, name, bytes, modified, sha256, ordinal }, index) => ({
      ...{ datasource, name, bytes, modified, sha256, ordinal },
      local: locals[index]!,
    })),
    ...{ seen: [], absent: [], undelivered: {}, untaken: [], refusals: [] },
  };
  const { validated } = (await carryOut(validateSchemaStage, own, { ingested })).output;
  const refused = validated.files.find(({ verdict }) => verdict === 'refused');
  if (refused !== undefined) throw refusedToday(copies[validated.files.indexOf(refused)]!.path, validated.findings);
  if (validated.files.length < files.length)
    throw lost(
      context.warehouse,
      generation,
      `${validated.files.length} uploads of configured sources`,
      `${files.length} uploads`,
    );
  const { transformed } = (await carryOut(transformStage(provideDbt), own, { validated })).output;
  return { validated, transformed };
}

function withFacts(
  manifest: FactsManifest,
  validated: Validated,
  { facts, series, rejected }: Transformed,
): FactsManifest {
  const { sha256, bytes, rows } = facts;
  const fileOf = (one: FactsManifest['files'][number]) =>
    validated.files.find((file) => file.datasource === one.datasource && file.ordinal === one.ordinal)!;
  const rejectedOf = (one: FactsManifest['files'][number]) =>
    rejected
      .filter(({ datasource, file }) => datasource === one.datasource && file === one.name)
      .reduce((total, { readings }) => total + readings, 0);
  const files = manifest.files.map((one) => ({ ...one, counts: fileOf(one).counts, rejected: rejectedOf(one) }));
  return {
    ...manifest,
    files,
    sources: manifest.sources.map((source) => {
      const counts = files.filter(({ datasource }) => datasource === source.datasource).map((file) => file.counts);
      return {
        ...source,
        facts: factsIn(series.filter(({ datasource }) => datasource === source.datasource)),
        readings: counts.reduce((total, { readings }) => total + readings, 0),
        empty: counts.reduce((total, { empty }) => total + empty, 0),
      };
    }),
    series,
    facts: { ...manifest.facts, sha256, bytes, rows },
  };
}

/** Other facts take the place of those that nobody has consumed, as long as none are missing. */
function requireNotLess(warehouse: Store, pointer: Pointer, before: FactsManifest, again: FactsManifest, path: string) {
  for (const [index, { datasource, facts }] of before.sources.entries()) {
    const consumed = facts > 0 && isConsumed(before.number, pointer, datasource);
    const found = again.sources[index]!.facts;
    if (consumed)
      throw lost(warehouse, path, 'facts that differ from the consumed ones', `SHA-256 ${before.facts.sha256}`);
    if (found < facts) throw lost(warehouse, path, `${found} facts of ${datasource}`, `at least ${facts}`);
  }
}

function lost(warehouse: Store, path: string, found: string, expected: string): Failure {
  return new Failure({
    stage: 'heal',
    what: 'facts can no longer be rebuilt from their raw copies',
    where: printable(`${warehouse.name}/${path}`),
    found: printable(found),
    expected,
    fix: 'check out the seeds and models that they were built with; or restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'facts-lost',
  });
}

function refusedToday(path: string, findings: readonly Finding[]): Failure {
  const error = findings.find(({ severity }) => severity === 'error');
  return new Failure({
    stage: 'heal',
    what: `today’s contract refuses a raw copy: ${error?.message ?? 'no reason is given'}`,
    where: printable(path),
    ...(error?.found === undefined ? {} : { found: error.found }),
    ...(error?.expected === undefined ? {} : { expected: error.expected }),
    fix: error?.fix ?? 'look at the file with warehouse validate',
    class: 'input',
    code: 'raw-refused',
    findings,
  });
}
