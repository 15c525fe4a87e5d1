/** The order of the stages, written once: the command line runs it, and a test holds the workflows to it. */
export const REFRESH_STAGES = ['ingest', 'validate-schema', 'transform', 'publish-facts'] as const;
export const AGGREGATE_AND_PUBLISH = ['check-quality', 'influx-aggregate', 'dbt-levels', 'publish-parquet'] as const;

export type StageName = (typeof REFRESH_STAGES)[number] | (typeof AGGREGATE_AND_PUBLISH)[number];
