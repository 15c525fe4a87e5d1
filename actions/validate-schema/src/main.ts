import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { validateSchemaStage } from '@sensor-warehouse/warehouse/validate-schema/validate-schema';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { files, held } = (await runStage(validateSchemaStage, await openStageContext(inputs))).validated;
  const refused = files.filter((file) => file.verdict === 'refused').length;
  await tellStage(inputs.work, 'validate-schema', {
    accepted: files.length - refused,
    refused,
    held: Object.keys(held).join(','),
  });
}
