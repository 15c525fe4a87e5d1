import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import { copyProject } from '../models/project-copy';
import { type FileChange, writeCopies } from '../project/file-changes';
import { replaceFiles } from '../project/replace-files';
import type { Context } from '../run/context';
import { rememberExports } from './learn';
import { modelChanges, seedChanges } from './project-changes';
import type { SourcePlan } from './source-plan';
import { requireSound, type Sample, type TriedSource, trySource } from './try-source';

/** Folders of a project that a new source changes. */
const CHANGED = ['seeds', 'models'];

/** A source that was added, or would be. */
export interface AddedSource {
  readonly changes: readonly FileChange[];
  readonly tried: TriedSource;
}

/** Where, from what, and how a source is added. */
export interface AddOrder extends Pick<Context, 'project' | 'now' | 'dryRun' | 'say'> {
  readonly plan: SourcePlan;
  readonly samples: readonly Sample[];
  /** The interpreter of the environment that has dbt. */
  readonly python: string;
}

/**
 * Adds a source to a project. Everything is written into a copy first: its configuration is read there, and the samples go
 * through all stages. Only then the files of the project are replaced, all or none.
 * @throws Failure; then the project has the bytes that it had
 */
export async function addSource({ project, plan, samples, python, now, dryRun, say }: AddOrder): Promise<AddedSource> {
  return withScratch('work', async (scratch) => {
    const copy = join(scratch, 'project');
    const ofSeeds = await seedChanges(project, plan);
    await copyProject(project, copy, CHANGED);
    await writeCopies(copy, ofSeeds);
    const configuration = await requireSound(copy);
    const source = configuration.datasources.find(({ id }) => id === plan.id)!;
    const ofModels = await modelChanges(project, source);
    await writeCopies(copy, ofModels);
    say(`add-datasource: ${samples.length} samples through all stages, in a copy of the project`);
    const tried = await trySource({ copy, scratch, id: plan.id, samples, configuration }, { python, now, say });
    const seeds = join(copy, 'seeds');
    const contract = await rememberExports(seeds, samples, source, now, false);
    await requireSound(copy);
    const changes = [...ofSeeds, ...ofModels, { ...contract, path: join('seeds', contract.path) }];
    for (const { path, after } of changes) await requireText(join(copy, path), after);
    if (!dryRun) await replaceFiles(project, changes, 'add-datasource');
    return { changes, tried };
  });
}

/** Only tried text is written into the project. */
async function requireText(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8')) !== text) throw new Error(`${path} is not what was planned`);
}
