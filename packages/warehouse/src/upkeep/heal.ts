import { writeFile } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { monthShrinks } from '../backfill/fewer-keys';
import { rebuildWindow } from '../backfill/rebuild';
import { stagesAgain } from '../backfill/stages-again';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import { EMBEDDED } from '../engines/engine';
import { windowsOfMonths } from '../influx-aggregate/merge-source';
import type { FactsManifest } from '../layout/facts-manifest';
import type { Pointed } from '../layout/pointed-files';
import { type Partition, POINTER, type Pointer, readPointer, STABLE } from '../layout/pointer';
import { newestCopy, requireUnchanged } from '../layout/pointer-copies';
import { healedFinding, healTable, knownReadings, putBack } from '../partitions/heal-partition';
import type { NewPartition } from '../partitions/make-partition';
import { publishRecorded } from '../publish-parquet/publish-partitions';
import { repairStableCopies } from '../publish-parquet/stable-copies';
import { remakeFacts } from '../raw-archive/remake-facts';
import type { Change, Context, Healing, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import type { ProvideDbt } from '../transform/run-dbt';
import { healDataset } from './heal-dataset';
import { healReports } from './heal-reports';
import { type Verified, verify } from './verify';

export interface Healed {
  /** What was rebuilt, and from what. */
  readonly findings: readonly Finding[];
  /** The state of the warehouse afterwards; in a dry run, before. */
  readonly verified: Verified;
}

/**
 * Rebuilds what is missing or damaged: the pointer from its newest intact copy; archives from earlier revisions and
 * facts, or else from the raw copies; hours and levels from the archives; the dataset and the stable copies from the
 * hours. A file that comes out with the bytes that the pointer names is put back in its place; an archive that does not
 * is published as a new revision. Ends with a look at every byte.
 * @param provideDbt gives the interpreter that has dbt; asked only where months are made from raw copies
 * @throws Failure if something cannot be rebuilt
 */
export async function heal(context: Context, provideDbt: ProvideDbt): Promise<Healed> {
  const findings: Finding[] = [...(await healPointer(context))];
  if (context.dryRun && findings.length > 0) return { findings, verified: NOTHING };
  const before = await verify(context, true);
  const isDoubted = before.findings.some(({ severity }) => severity !== 'info');
  if (!isDoubted) return { findings, verified: before };
  const { pointer, text } = await readPointer(context.warehouse);
  const brokenOf = (...kinds: Pointed['kind'][]) => before.broken.filter(({ kind }) => kinds.includes(kind));
  findings.push(...(await dropDamagedCopies(context, before.findings)));
  findings.push(...(await healReports(context, before.findings)));
  for (const manifest of before.brokenFacts)
    findings.push(...(await healFacts(context, provideDbt, pointer, manifest)));
  const fromRaw: Partition[] = [];
  for (const { partition } of brokenOf('archive')) {
    const known = await knownOrLost(context, pointer, partition!);
    findings.push(...(known?.findings ?? []));
    if (known?.archive === undefined) fromRaw.push(partition!);
  }
  const anew = await rebuildFromRaw(context, provideDbt, pointer, fromRaw, findings);
  for (const { partition, file } of brokenOf('aggregates', 'levels')) {
    if (anew.some((one) => one.month === partition!.month && one.datasource === partition!.datasource)) continue;
    // Files just restored need nothing more; a dry run has restored nothing.
    if (context.dryRun && fromRaw.includes(partition!)) continue;
    findings.push(...(await healTable(context, partition!, file)).findings);
  }
  findings.push(...(await healDataset(context, pointer, brokenOf('public'))));
  const spares = new Set(brokenOf('previous').map(({ file }) => file.path));
  findings.push(...[...spares].map(unnamedFinding));
  if (context.dryRun) return { findings, verified: before };
  if (anew.length > 0 || spares.size > 0) {
    // A person is at it: what heals may change more than a night.
    await publishRecorded(
      { ...context, acceptsChurn: true },
      {
        before: withoutSpares(pointer, spares),
        textBefore: text,
        partitions: [...anew, ...unspared(pointer, spares, anew)],
        consumed: pointer.consumed,
        mayShrink: false,
        dbt: levelsBuilder(provideDbt),
        cause: 'heal',
      },
    );
  }
  // Without their marker all stable copies are rebuilt: one may have the size that it must have, and other bytes.
  await context.warehouse.remove(STABLE);
  await repairStableCopies(context, await readPointer(context.warehouse), levelsBuilder(provideDbt));
  return { findings, verified: await verify(context, true) };
}

const NOTHING: Verified = { generation: 0, checks: [], findings: [], broken: [], brokenFacts: [] };

/** Restores the newest intact copy of the pointer, if there is no pointer that can be read and is as a run wrote it. */
async function healPointer(context: OpenWarehouse & Change): Promise<Finding[]> {
  const { warehouse, work, dryRun, say } = context;
  try {
    const { pointer, text } = await readPointer(warehouse);
    await requireUnchanged(warehouse, pointer, text);
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || !/^pointer-(missing|damaged|changed)$/.test(error.details.code)) throw error;
  }
  const copy = await newestCopy(warehouse);
  say(`heal: ${dryRun ? 'would restore' : 'restores'} ${warehouse.name}/${POINTER} from ${copy.path}`);
  if (!dryRun) {
    const local = inWork(work, `restored-${POINTER}`);
    await writeFile(local, copy.text);
    await warehouse.upload(local, POINTER);
  }
  return [
    {
      code: 'pointer-healed',
      severity: 'warning',
      file: POINTER,
      count: 1,
      found: copy.path,
      message: `the pointer was missing, damaged or changed, and its copy of generation ${copy.pointer.generation} was restored`,
      fix: 'find out who changed it; facts that it has not consumed are merged again by the next run',
    },
  ];
}

/** A copy that is not what its name says is useless, and is in the way of the one that belongs there. */
async function dropDamagedCopies(
  { warehouse, dryRun }: OpenWarehouse & Change,
  doubts: readonly Finding[],
): Promise<Finding[]> {
  const damaged = doubts.flatMap(({ code, file }) => (code === 'pointer-copy-damaged' ? [file!] : []));
  if (!dryRun) await warehouse.removeAll(damaged);
  return damaged.map((file) => ({
    code: 'pointer-copy-removed',
    severity: 'warning',
    file,
    count: 1,
    message: 'a copy of the pointer did not match its name, and was removed',
    fix: 'find out who changed it; nothing is lost',
  }));
}

/** Facts from their raw copies; nothing if they do not follow from those, which the look at every byte shows afterwards. */
async function healFacts(context: Context, provideDbt: ProvideDbt, pointer: Pointer, manifest: FactsManifest) {
  try {
    return [(await remakeFacts(context, provideDbt, pointer, manifest)).finding];
  } catch (error) {
    if (!(error instanceof Failure) || !/^(facts-lost|raw-refused|raw-copy-damaged)$/.test(error.details.code))
      throw error;
    context.say(`heal: ${error.message}`);
    return [];
  }
}

/** The readings of a partition; undefined if only the raw copies can give them. */
async function knownOrLost(context: Healing, pointer: Pointer, partition: Partition) {
  try {
    return await knownReadings(context, pointer, partition);
  } catch (error) {
    if (error instanceof Failure && error.details.code === 'partition-lost') return undefined;
    throw error;
  }
}

/** Makes lost partitions from the raw copies; returns those that do not have the bytes of before. */
async function rebuildFromRaw(
  context: Context,
  provideDbt: ProvideDbt,
  pointer: Pointer,
  lost: readonly Partition[],
  findings: Finding[],
): Promise<NewPartition[]> {
  const anew: NewPartition[] = [];
  for (const datasource of new Set(lost.map((one) => one.datasource))) {
    const months = lost.filter((one) => one.datasource === datasource).map(({ month }) => month);
    for (const window of windowsOfMonths(months, context.windowMonths)) {
      const rebuilt = await rebuildWindow(
        context,
        { remake: stagesAgain(provideDbt), engine: EMBEDDED },
        pointer,
        { datasource, months: window },
        true,
      );
      findings.push(...rebuilt.findings);
      for (const partition of rebuilt.partitions) {
        const before = lost.find((one) => one.datasource === datasource && one.month === partition.month)!;
        // Nobody can say which readings of a lost archive are gone.
        if (partition.archive.rows < before.archive.rows) throw monthShrinks(partition, 0);
        findings.push(healedFinding(before, partition.archive, 'the raw copies'));
        if (partition.archive.sha256 === before.archive.sha256)
          await putBack(context, partition.localArchive, before.archive);
        else anew.push(partition);
      }
    }
  }
  return anew;
}

function unnamedFinding(file: string): Finding {
  return {
    code: 'revision-unnamed',
    severity: 'warning',
    file,
    count: 1,
    message: 'an earlier revision was missing or damaged; its month no longer names it, and is published as it is',
    fix: 'find out who changed it; nothing that is published is lost',
  };
}

/** A revision before that cannot be read is no longer named: its place in the way back is taken by the raw copies. */
function withoutSpares(pointer: Pointer, spares: ReadonlySet<string>): Pointer {
  return { ...pointer, partitions: pointer.partitions.map((one) => withoutSpare(one, spares)) };
}

function withoutSpare(partition: Partition, spares: ReadonlySet<string>): Partition {
  const { previous, ...rest } = partition;
  return previous === undefined || !spares.has(previous.archive.path) ? partition : rest;
}

/** The partitions that have lost their revision before; they are published as they are. */
function unspared(pointer: Pointer, spares: ReadonlySet<string>, anew: readonly Partition[]) {
  return pointer.partitions
    .filter(({ previous }) => previous !== undefined && spares.has(previous.archive.path))
    .filter((one) => !anew.some(({ datasource, month }) => datasource === one.datasource && month === one.month))
    .map((one) => ({ ...withoutSpare(one, spares), rowsBefore: one.archive.rows }));
}
