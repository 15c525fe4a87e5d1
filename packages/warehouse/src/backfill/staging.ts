import { readFile } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import type { BackfillOrder, PlannedWindow, StagedPlan, StagedWindow } from '../layout/backfill-documents';
import type { ChangedPartition } from '../layout/changed-partition';
import { isPart, pathOf } from '../layout/names';
import { pointerDigest, readPointer } from '../layout/pointer';
import { type Documents, digestOf, mistakesText, readWhole } from '../layout/read-document';
import { writeDocument } from '../layout/write-document';
import type { MonthWindows, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

import type { Plan } from './plan';

/** Where the jobs of one backfill hand over to each other; nothing there is named by the pointer. */
const STAGING = 'staging/backfill';

const planPath = (digest: string) => pathOf({ kind: 'backfill plan', digest });
export const windowPath = (digest: string, window: string) => pathOf({ kind: 'backfill window', digest, window });

/**
 * Leaves a plan for the jobs after this one, in the place of those of earlier backfills, and gives its digest.
 * @param code names the code, seeds and models that make the windows: what others made is not taken up
 */
export async function stagePlan(
  context: OpenWarehouse & MonthWindows,
  { windows }: Plan,
  order: BackfillOrder,
  textBefore: string | undefined,
  code: string,
): Promise<string> {
  const { windowMonths } = context;
  const staged: StagedPlan = { format: 2, pointer: pointerDigest(textBefore), order, windows, windowMonths, code };
  const digest = planDigest(staged);
  const there = (await context.warehouse.list(STAGING)).map(({ path }) => path);
  await context.warehouse.removeAll(there.filter((path) => !path.startsWith(`${STAGING}/${digest}/`)));
  await uploadJson(context, planPath(digest), staged);
  return digest;
}

/** A plan is named by all that is in it: what was changed since has another name. */
function planDigest(plan: StagedPlan): string {
  return digestOf({ ...plan }).slice(0, 16);
}

/**
 * @throws Failure (config) if there is none: nothing was planned, or it is published already
 * @throws Failure (remote-temporary) if it is not the plan that the digest names
 */
export async function readPlan(warehouse: Store, digest: string): Promise<StagedPlan> {
  if (!isPart('digest', digest)) throw noSuchPlan(`the digest ${quoted(digest)}`);
  const path = planPath(digest);
  const plan = await readStaged(warehouse, 'backfill plan', path);
  if (plan === undefined) throw noSuchPlan(`${warehouse.name}/${path}`);
  const mistakes = misnamed(plan, digest);
  if (mistakes.length > 0) throw unreadable(warehouse, path, mistakes);
  return plan;
}

/** What shows that a plan is not the one that its name says; plans of older versions do not hold all that theirs follow from. */
export function misnamed(plan: StagedPlan, digest: string): readonly string[] {
  return plan.code === undefined || planDigest(plan) === digest ? [] : [`its digest is ${planDigest(plan)}`];
}

function noSuchPlan(where: string): Failure {
  return new Failure({
    stage: 'backfill',
    what: 'the plan does not exist',
    where,
    consequence: 'nothing was changed; it may already be published',
    fix: 'start the backfill again from its plan',
    class: 'config',
    code: 'backfill-plan',
  });
}

/** Leaves the result of a window whose files have arrived. */
export async function stageWindow(
  context: OpenWarehouse,
  digest: string,
  { name: window, months }: PlannedWindow,
  partitions: readonly ChangedPartition[],
): Promise<void> {
  const arrived = partitions.map(
    ({ localArchive: _, localAggregates: __, localLevels: ___, ...partition }) => partition,
  );
  const changed = partitions.map(({ month }) => month);
  const asBefore = months.map(({ month }) => month).filter((month) => !changed.includes(month));
  const staged: StagedWindow = { format: 2, plan: digest, window, asBefore, partitions: arrived };
  await uploadJson(context, windowPath(digest, window), staged);
}

/** Undefined as long as the window is not built. Whether it is what its plan asks for: see madeWindows. */
export function readWindow(warehouse: Store, digest: string, window: string) {
  return readStaged(warehouse, 'backfill window', windowPath(digest, window));
}

/** A backfill whose jobs hand over to each other in the warehouse. */
export interface StagedBackfill {
  readonly plan: string;
  readonly windows: number;
  /** Windows that are built. */
  readonly made: number;
  /** Whether the warehouse is as it was when this was planned: of another one nothing is taken up. */
  readonly current: boolean;
}

/** Files of backfills that are under way, or were interrupted. */
export async function stagedBackfills(warehouse: Store): Promise<StagedBackfill[]> {
  const paths = (await warehouse.list(STAGING)).map(({ path }) => path.slice(STAGING.length + 1));
  const digests = [...new Set(paths.map((path) => path.split('/')[0]!))].filter((one) => isPart('digest', one));
  const found: StagedBackfill[] = [];
  if (digests.length === 0) return found;
  const pointer = pointerDigest((await readPointer(warehouse)).text);
  for (const digest of digests) {
    const plan = await readStaged(warehouse, 'backfill plan', planPath(digest));
    const made = paths.filter((path) => path.startsWith(`${digest}/`) && !path.endsWith('/plan.json')).length;
    const windows = plan?.windows.length ?? 0;
    found.push({ plan: digest, windows, made, current: plan?.pointer === pointer });
  }
  return found;
}

/** Removes what a published plan left: the plan first, so that nobody continues with half of it. */
export async function clearStaging(warehouse: Store, digest: string): Promise<void> {
  await warehouse.remove(planPath(digest));
  await warehouse.removeAll((await warehouse.list(`${STAGING}/${digest}`)).map(({ path }) => path));
}

async function uploadJson({ warehouse, work }: OpenWarehouse, path: string, value: object): Promise<void> {
  const local = inWork(work, path);
  await writeDocument(local, value);
  await warehouse.upload(local, path);
  if ((await warehouse.readText(path)) === (await readFile(local, 'utf8'))) return;
  throw unreadable(warehouse, path, ['different text than was written']);
}

async function readStaged<K extends 'backfill plan' | 'backfill window'>(
  warehouse: Store,
  kind: K,
  path: string,
): Promise<Documents[K] | undefined> {
  const text = await warehouse.readText(path);
  if (text === undefined) return undefined;
  const read = readWhole(kind, text, `${warehouse.name}/${path}`);
  if (read.document !== undefined) return read.document;
  throw unreadable(warehouse, path, read.mistakes ?? []);
}

function unreadable({ name }: Store, path: string, mistakes: readonly string[]): Failure {
  return new Failure({
    stage: 'backfill',
    what: 'what one job of the backfill handed to the next cannot be read',
    where: `${name}/${path}`,
    found: mistakesText(mistakes),
    expected: 'what it left',
    fix: 'start the backfill again from its plan',
    class: 'remote-temporary',
    code: 'backfill-staging',
  });
}
