import { carryOut } from '../run/run-stage';
import type { ProvideDbt } from '../transform/run-dbt';
import { transformStage } from '../transform/transform';
import { validateSchemaStage } from '../validate-schema/validate-schema';
import { fetchForRebuild, type Remake } from './rebuild';

/** Fetches the raw copies of a window and takes them through the stages in this process. */
export const stagesAgain =
  (provideDbt: ProvideDbt): Remake =>
  async (own, pointer, datasource, months) => {
    const { copies, ingested } = await fetchForRebuild(own, pointer, datasource, months);
    const { validated } = (await carryOut(validateSchemaStage, own, { ingested })).output;
    const { transformed } = (await carryOut(transformStage(provideDbt), own, { validated })).output;
    return { copies, validated, transformed };
  };
