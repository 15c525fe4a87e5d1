/**
 * What each stage leaves in the work folder for the stages after it. The names stand apart from the stages, so that
 * reading what a stage left does not bring that stage's code, and its libraries, into an action.
 */
export const INGESTED = 'ingested.json';
export const VALIDATED = 'validated.json';
export const TRANSFORMED = 'transformed.json';
export const CHECKED = 'checked.json';
export const AGGREGATED = 'aggregated.json';
export const LEVEL_ARCHIVE = 'level-archive.json';
export const DBT_LEVELS = 'dbt-levels.json';
