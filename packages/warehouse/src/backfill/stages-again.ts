import type { ProvideDbt } from '../transform/run-dbt';
import { transform } from '../transform/transform';
import { validateSchema } from '../validate-schema/validate-schema';
import { fetchForRebuild, type Remake } from './rebuild';

/** Fetches the raw copies of a window and takes them through the stages in this process. */
export const stagesAgain =
  (provideDbt: ProvideDbt): Remake =>
  async (own, pointer, datasource, months) => {
    const { copies, ingested } = await fetchForRebuild(own, pointer, datasource, months);
    const { validated } = (await validateSchema(own, { ingested })).output;
    const { transformed } = (await transform(own, { validated }, provideDbt)).output;
    return { copies, validated, transformed };
  };
