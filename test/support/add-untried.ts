import { basename, join } from 'node:path';
import { ADD_DATASOURCE } from '@sensor-warehouse/cli/commands/add-datasource';
import { lookAtAll, readSamples } from '@sensor-warehouse/cli/options/read-samples';
import { type Settle, type SettledSource, settleByProposals } from '@sensor-warehouse/cli/options/settle-source';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { Given } from '@sensor-warehouse/warehouse/onboarding/given';
import { modelChanges, seedChanges } from '@sensor-warehouse/warehouse/onboarding/project-changes';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import { replaceFiles } from '@sensor-warehouse/warehouse/project/replace-files';
import { NOW } from './building';

/**
 * Settles a source as `add-datasource --yes` does.
 * @throws Failure that lists what is still to be asked
 */
export async function settledByProposals(project: string, path: string, given: Given): Promise<SettledSource> {
  const name = basename(path);
  const bytes = await readSamples([{ path, name }]);
  const configuration = await loadConfiguration(join(project, 'seeds'));
  const settle: Settle = (said) => {
    const mistakes: string[] = [];
    const look = lookAtAll(bytes, Date.parse(NOW), declaredForm(said, mistakes));
    const settled = settleSource(look, [name], said, configuration);
    return { look, ...settled, mistakes: [...mistakes, ...settled.mistakes] };
  };
  return settleByProposals(given, settle, true, ADD_DATASOURCE);
}

/** Adds a source as `add-datasource --yes` does, but for the trial: a night tries many of them at once. */
export async function addUntried(project: string, path: string, given: Given): Promise<SettledSource['plan']> {
  const { plan } = await settledByProposals(project, path, given);
  await replaceFiles(project, await seedChanges(project, plan), 'add-datasource');
  const { datasources } = await loadConfiguration(join(project, 'seeds'));
  await replaceFiles(
    project,
    await modelChanges(project, datasources.find(({ id }) => id === plan.id)!),
    'add-datasource',
  );
  return plan;
}
