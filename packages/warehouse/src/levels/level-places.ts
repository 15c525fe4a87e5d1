import { inWork } from '../run/in-work';

/** Where levels of dbt models are made, below the work folder. */
export const levelsFolder = (work: string) => inWork(work, 'levels');

/** Where the rows of a level lie, as lines of JSON: one of columns, then one for each row. */
export const tableFile = (work: string, name: string) => inWork(work, 'levels', `${name}.jsonl`);
