import { join } from 'node:path';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { hasErrors } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { modelFindings } from '@sensor-warehouse/warehouse/models/check-models';
import { missingModels, writeModels } from '@sensor-warehouse/warehouse/models/complete-models';
import { readModels } from '@sensor-warehouse/warehouse/models/project-models';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { textDiff } from '../terminal/text-diff';

export const MODELS: Command = {
  name: 'models',
  usage: '[--write]',
  summary: 'check that every source has dbt models; write those of mapped sources',
  needsWarehouse: false,
  options: { write: { type: 'boolean', help: 'write the missing models of mapped sources, and print the diff' } },
  examples: ['warehouse models', 'warehouse models --write --dry-run'],
  run: models,
};

async function models({ project, own, dryRun, json }: Options): Promise<number> {
  const configuration = await loadConfiguration(join(project, 'seeds'));
  const look = async () => {
    const texts = await readModels(project);
    return { texts, findings: await modelFindings(project, configuration, texts) };
  };
  let { texts, findings } = await look();
  const changes = own.write === true ? missingModels(configuration, texts, findings) : [];
  if (changes.length > 0 && !dryRun) {
    await writeModels(project, changes);
    ({ findings } = await look());
  }
  if (json) printText(`${JSON.stringify({ written: !dryRun, changes, findings }, null, 2)}\n`);
  else {
    for (const { path, before, after } of changes) printText(textDiff(path, before, after));
    for (const finding of findings) printText(`${findingLine(finding)}\n`);
    if (findings.length === 0) printText('every source has its models\n');
  }
  return hasErrors(findings) && !(dryRun && changes.length > 0) ? EXIT_CODES.config : 0;
}
