import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { compareText } from '@sensor-warehouse/model/readings';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';
import {
  type FactSeries,
  type FactsManifest,
  generationNumber,
  listGenerations,
  readManifest,
} from '../facts-manifest';
import type { IngestedFile } from '../ingest/ingest';
import { readPointer } from '../pointer';
import { recordStage, requireConservation, requireJson, writeJson } from '../run-record';
import { TRANSFORMED, VALIDATED } from '../stage-files';
import type { Transformed } from '../transform/transform';
import type { Validated, ValidatedFile } from '../validate/validate-schema';

export interface HandedOver {
  /** The generation that was written; undefined when there was nothing to hand over. */
  readonly generation: string | undefined;
  readonly facts: number;
  /** Datasource → refused uploads. */
  readonly held: Readonly<Record<string, readonly string[]>>;
}

/**
 * Hands the run's facts over: quarantine, raw copies, facts, and the manifest last; then the uploads it came from
 * leave the upload folders. A crash anywhere before the manifest loses nothing: the uploads are still there, and the
 * next run writes the same generation again.
 *
 * @throws Failure (input) if uploads were refused and nothing at all can be handed over
 */
export async function publishFacts(context: Context): Promise<HandedOver> {
  const started = Date.now();
  const { work, dryRun } = context;
  const validated = await requireJson<Validated>(join(work, VALIDATED), 'publish-facts', 'validate-schema');
  const transformed = await requireJson<Transformed>(join(work, TRANSFORMED), 'publish-facts', 'transform');
  const accepted = validated.files.filter((file) => file.verdict === 'accepted');
  const facts = transformed.facts.rows;
  const counted = factsIn(transformed.series);
  const equation = `facts ${facts} = facts of the series ${counted}`;
  requireConservation('publish-facts', equation, facts, counted);
  if (!dryRun) await uploadQuarantine(context);

  const released = accepted.length === 0 ? await releases(context, validated) : false;
  let generation: string | undefined;
  if (accepted.length > 0 || released) {
    const number = await nextNumber(context);
    generation = `${String(number).padStart(6, '0')}-${contentHash(validated, transformed)}`;
    const manifest = manifestOf(context, validated, transformed, accepted, generation, number);
    if (dryRun) context.say(`publish-facts: would write facts/${generation} with ${manifest.facts.rows} facts`);
    else await writeGeneration(context, manifest, accepted, transformed);
  }
  if (!dryRun) await removeUploads(context, [...accepted, ...validated.seen]);

  await recordStage(work, {
    stage: 'publish-facts',
    files: accepted.length,
    in: facts,
    out: facts,
    quarantined: 0,
    repeated: 0,
    seconds: (Date.now() - started) / 1000,
    equation,
    findings: [],
  });
  const refused = validated.files.filter((file) => file.verdict === 'refused');
  if (generation === undefined && refused.length > 0) throw nothingToHandOver(validated, refused);
  return { generation, facts, held: validated.held };
}

/** A source that was held and is not any more needs a new manifest, even without new facts, or it would wait forever. */
async function releases(context: Context, validated: Validated): Promise<boolean> {
  const { pointer } = await readPointer(context.warehouse);
  const generations = await listGenerations(context.warehouse);
  const settled = new Set<string>();
  for (const generation of generations.reverse()) {
    const number = generationNumber(generation)!;
    const open = context.configuration.datasources.filter(
      ({ id }) => !settled.has(id) && number > (pointer.consumed[id] ?? 0),
    );
    if (open.length === 0) return false;
    const manifest = await readManifest(context.warehouse, generation);
    for (const { id } of open) {
      const source = manifest?.sources.find((one) => one.datasource === id);
      if (source === undefined) continue;
      settled.add(id);
      if (source.held && !(id in validated.held) && !validated.absent.includes(id)) return true;
    }
  }
  return false;
}

async function nextNumber(context: Context): Promise<number> {
  const { pointer } = await readPointer(context.warehouse);
  const generations = await listGenerations(context.warehouse);
  const last = Math.max(0, ...generations.map((one) => generationNumber(one) ?? 0), ...Object.values(pointer.consumed));
  return last + 1;
}

/** The same uploads through the same code give the same generation, so a run that was cut short is completed. */
function contentHash(validated: Validated, transformed: Transformed): string {
  const hash = createHash('sha256');
  for (const file of [...validated.files].sort((a, b) => compareText(a.sha256, b.sha256)))
    hash.update(`${file.sha256} ${file.verdict}\n`);
  hash.update(transformed.facts.sha256);
  return hash.digest('hex').slice(0, 8);
}

function manifestOf(
  context: Context,
  validated: Validated,
  transformed: Transformed,
  accepted: readonly ValidatedFile[],
  generation: string,
  number: number,
): FactsManifest {
  const { sha256, bytes, rows } = transformed.facts;
  return {
    format: 1,
    generation,
    number,
    files: accepted.map(({ datasource, name, sha256: hash, bytes: size, modified, ordinal, counts }) => ({
      datasource,
      name,
      sha256: hash,
      bytes: size,
      modified,
      ordinal,
      counts,
      rejected: transformed.rejected.reduce(
        (total, one) => total + (one.datasource === datasource && one.file === name ? one.readings : 0),
        0,
      ),
    })),
    // An absent folder says nothing of its source: an older manifest goes on speaking for it.
    sources: context.configuration.datasources
      .filter(({ id }) => !validated.absent.includes(id))
      .map(({ id }) => {
        const counts = accepted.filter((file) => file.datasource === id).map((file) => file.counts);
        return {
          datasource: id,
          held: id in validated.held,
          refused: validated.held[id] ?? [],
          facts: factsIn(transformed.series.filter(({ datasource }) => datasource === id)),
          readings: counts.reduce((total, one) => total + one.readings, 0),
          empty: counts.reduce((total, one) => total + one.empty, 0),
        };
      }),
    series: transformed.series,
    facts: { file: 'fact.parquet', sha256, bytes, rows },
    findings: [...validated.findings, ...transformed.findings],
  };
}

function factsIn(series: readonly FactSeries[]): number {
  return series.reduce((total, { facts }) => total + facts, 0);
}

async function writeGeneration(
  context: Context,
  manifest: FactsManifest,
  accepted: readonly ValidatedFile[],
  transformed: Transformed,
): Promise<void> {
  const { warehouse, work, say } = context;
  const { generation } = manifest;
  say(
    `publish-facts: ${accepted.length} raw copies and ${manifest.facts.rows} facts to ${warehouse.name}/facts/${generation}`,
  );
  for (const file of accepted) await warehouse.uploadOnce(file.local, rawPath(file, generation));
  await warehouse.uploadOnce(transformed.facts.path, `facts/${generation}/${manifest.facts.file}`);
  const manifestFile = join(work, 'manifest.json');
  await writeJson(manifestFile, manifest);
  await warehouse.uploadOnce(manifestFile, `facts/${generation}/manifest.json`);
}

function rawPath(file: IngestedFile, generation: string): string {
  return `raw/${file.datasource}/${generation}/${file.sha256.slice(0, 12)}_${file.name}`;
}

async function uploadQuarantine(context: Context): Promise<void> {
  for (const { id } of context.configuration.datasources) {
    const folder = join(context.work, 'quarantine', id);
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names.sort()) await context.warehouse.upload(join(folder, name), `quarantine/${id}/${name}`);
  }
}

/** An upload is removed only if its bytes are still those that were handed over. */
async function removeUploads(context: Context, files: readonly IngestedFile[]): Promise<void> {
  for (const datasource of context.configuration.datasources) {
    const mine = files.filter((file) => file.datasource === datasource.id);
    if (datasource.afterIngest === 'keep' || mine.length === 0) continue;
    const uploads = context.remotes.open(datasource.location);
    const again = new Map(
      mine.map((file) => [file.name, join(context.work, 'recheck', datasource.id, String(file.ordinal))]),
    );
    const present = new Set((await uploads.listHere('')).map(({ path }) => path));
    for (const name of [...again.keys()]) if (!present.has(name)) again.delete(name);
    await uploads.downloadAll(again);
    for (const file of mine) {
      const copy = again.get(file.name);
      if (copy !== undefined && (await sha256OfFile(copy)) === file.sha256) await uploads.remove(file.name);
    }
  }
}

function nothingToHandOver(validated: Validated, refused: readonly ValidatedFile[]): Failure {
  const errors = validated.findings.filter((finding) => finding.severity === 'error');
  return new Failure({
    stage: 'publish-facts',
    what: `${refused.length} uploads were refused and there is nothing else to hand over`,
    where: refused[0]!.name,
    ...(errors[0]?.found === undefined ? {} : { found: errors[0].found }),
    ...(errors[0]?.expected === undefined ? {} : { expected: errors[0].expected }),
    fix: errors[0]?.fix ?? 'read the report in the quarantine',
    class: 'input',
    code: errors[0]?.code ?? 'refused',
    findings: errors,
  });
}
