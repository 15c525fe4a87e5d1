import { inWork } from '../run/in-work';

/** The folder for levels of dbt models, in the work folder. */
export const levelsFolder = (work: string) => inWork(work, 'levels');

/** The file with the rows of a level, as lines of JSON: one with the columns, then one for each row. */
export const tableFile = (work: string, name: string) => inWork(work, 'levels', `${name}.jsonl`);
