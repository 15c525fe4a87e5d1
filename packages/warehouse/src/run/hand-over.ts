import { rm } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { inWork } from './in-work';
import { readJson, writeJson } from './run-record';

/**
 * A document that a stage leaves in the work folder for the stages after it. Each stands apart from the code of its stage,
 * so that reading what a stage left does not bring that code, and its libraries, into an action.
 */
export interface HandOver<Content> {
  /** Its name in the work folder. */
  readonly file: string;
  /** Who leaves it. */
  readonly by: string;
  /** Whether a stage that reads it can do without. */
  readonly optional?: true;
  /** Never there: it says what the document holds. */
  readonly content?: Content;
}

/** The same for a stage that needs it only sometimes: where it is not there, that stage decides. */
export function ifThere<Content>({ file, by }: HandOver<Content>): HandOver<Content | undefined> {
  return { file, by, optional: true };
}

/** What a stage left; undefined if it did not run in this work folder. */
export function findHandOver<Content>(work: string, { file }: HandOver<Content>): Promise<Content | undefined> {
  return readJson<Content>(inWork(work, file));
}

/** Reads what an earlier stage left. @throws Failure (config) if that stage did not run in this work folder */
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
