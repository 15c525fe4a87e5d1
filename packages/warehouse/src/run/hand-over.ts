import { rm } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { inWork } from './in-work';
import { readJson, writeJson } from './run-record';

/**
 * A document that a stage leaves in the work folder for later stages. Each has a module apart from its stage, so that
 * an action that only reads it does not bundle the stage's code and libraries.
 */
export interface HandOver<Content> {
  /** Its name in the work folder. */
  readonly file: string;
  /** Who leaves it. */
  readonly by: string;
  /** Whether a stage that reads it can do without. */
  readonly optional?: true;
  /** Never set: it only carries the type of the content. */
  readonly content?: Content;
}

/** The same for a stage that needs it only sometimes and decides itself what to do without it. */
export function ifThere<Content>({ file, by }: HandOver<Content>): HandOver<Content | undefined> {
  return { file, by, optional: true };
}

/** A stage's document; undefined if the stage did not run in this work folder. */
export function findHandOver<Content>(work: string, { file }: HandOver<Content>): Promise<Content | undefined> {
  return readJson<Content>(inWork(work, file));
}

/**
 * Reads what an earlier stage left.
 * @throws Failure (config) if that stage did not run in this work folder
 */
export async function readHandOver<Content>(work: string, from: HandOver<Content>, stage: string): Promise<Content> {
  const content = await findHandOver(work, from);
  if (content === undefined && from.optional !== true) throw notLeft(work, from, stage);
  return content as Content;
}

export function notLeft(work: string, { file, by }: HandOver<unknown>, stage: string): Failure {
  return new Failure({
    stage,
    what: `the work folder holds nothing from ${by}`,
    where: inWork(work, file),
    fix: `run ${by} first, with the same work folder`,
    class: 'config',
    code: 'stage-order',
  });
}

export async function writeHandOver<Content>(work: string, to: HandOver<Content>, content: Content): Promise<void> {
  await writeJson(inWork(work, to.file), content);
}

/** Removes what a stage left in an earlier run. */
export async function removeHandOver(work: string, { file }: HandOver<unknown>): Promise<void> {
  await rm(inWork(work, file), { force: true });
}
