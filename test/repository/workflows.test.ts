import { AGGREGATE_AND_PUBLISH, REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ACTIONS, DOCUMENTS, FILES, fenced, read, WORKFLOWS } from '../support/repository-files';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: object;
  readonly 'timeout-minutes'?: number;
  readonly 'cache-mode'?: string;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly permissions?: object;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** Workflows, and what users will copy from the documents, each under the name that a message shows. */
const SNIPPETS = DOCUMENTS.flatMap((document) =>
  fenced(document, 'yaml').map((text, index) => [`${document}, block ${index + 1}`, text] as const),
);
const COMMITTED = WORKFLOWS.map((path) => [path, read(path)] as const);
const ALL = [...COMMITTED, ...SNIPPETS];

const workflow = (text: string) => parse(text) as Workflow;
/** Of a list of steps alone, the job that they would be of. */
const jobsOf = (text: string): readonly Job[] => {
  const read = parse(text) as Workflow | readonly Step[];
  return 'jobs' in read ? Object.values(read.jobs ?? {}) : Array.isArray(read) ? [{ steps: read }] : [];
};
const stepsOf = (text: string) => jobsOf(text).flatMap((job) => job.steps ?? []);

describe('workflows and the examples that users copy', () => {
  it('are found', () => {
    expect(WORKFLOWS.length).toBeGreaterThanOrEqual(3);
    expect(SNIPPETS.length).toBeGreaterThan(ACTIONS.length);
  });

  it.each(ALL)('never put an expression into a shell: %s', (_, text) => {
    expect(stepsOf(text).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it.each(ALL)('pin every action of others by a full SHA, with its version beside it: %s', (_, text) => {
    const uses = [...text.matchAll(/^\s*(?:- )?uses:\s*(.*)$/gm)].map((match) => match[1]!.trim());
    const foreign = uses.filter((use) => !/^(\.\/|\$\/|OWNER\/sensor-warehouse\/)/.test(use));
    expect(foreign.filter((use) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual([]);
    expect(uses.filter((use) => use.startsWith('OWNER/') && !use.endsWith('@COMMIT'))).toEqual([]);
  });

  it('pin the one image of InfluxDB by its digest, of the version that the tests build', () => {
    const images = ALL.flatMap(([, text]) => text.match(/\binfluxdb:[^\s'"]+/g) ?? []);
    const version = /influxdb\/v2 v(\S+)/.exec(read('test/influxd/go.mod'))?.[1];
    expect(images.length).toBeGreaterThanOrEqual(3);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(new RegExp(`^influxdb:${version}@sha256:[0-9a-f]{64}$`));
  });

  it.each(ALL)('say beside every permission what it is for: %s', (_, text) => {
    const permissions = text.match(/^\s+[a-z-]+: (read|write)\b.*$/gm) ?? [];
    expect(permissions.filter((line) => !/: (read|write) # \w+/.test(line))).toEqual([]);
  });

  it.each(ALL)('leave no credentials behind after a checkout: %s', (_, text) => {
    const checkouts = stepsOf(text).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  it.each(ALL)('use only actions that exist: %s', (_, text) => {
    const used = stepsOf(text).flatMap(
      ({ uses }) => /^(?:\.|\$|OWNER\/sensor-warehouse)\/actions\/([^@]+)/.exec(uses ?? '')?.[1] ?? [],
    );
    expect(used.filter((action) => !ACTIONS.includes(action))).toEqual([]);
  });
});

describe('a workflow', () => {
  it.each(COMMITTED)('grants nothing by itself, only each job what it needs, for a limited time: %s', (_, text) => {
    expect(workflow(text).permissions).toEqual({});
    for (const job of jobsOf(text)) {
      expect(job.permissions).toBeDefined();
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it.each(COMMITTED)('says of each job what it may do with the cache: %s', (_, text) => {
    for (const job of jobsOf(text)) expect(['none', 'read', 'write']).toContain(job['cache-mode']);
  });

  it('lets nothing that runs development dependencies write what the nightly run reads', () => {
    expect(new Set(jobsOf(read('.github/workflows/ci.yml')).map((job) => job['cache-mode']))).toEqual(
      new Set(['none']),
    );
  });

  const stagesOf = (text: string) =>
    stepsOf(text)
      .map(({ uses }) => /^(?:\.|\$|OWNER\/sensor-warehouse)\/actions\/([^@]+)/.exec(uses ?? '')?.[1])
      .filter((action) => action !== undefined && action !== 'upstream-guard');

  it.each([
    ['.github/workflows/refresh.yml', REFRESH_STAGES],
    ['.github/workflows/aggregate-and-publish.yml', AGGREGATE_AND_PUBLISH],
  ])('%s runs the stages in the order of stages.ts', (path, stages) => {
    expect(stagesOf(read(path))).toEqual(stages);
  });

  it('that the README shows runs them all in that order', () => {
    expect(fenced('README.md', 'yaml').map(stagesOf)).toContainEqual([...REFRESH_STAGES, ...AGGREGATE_AND_PUBLISH]);
  });

  it('reads secrets in no job that also runs the guard', () => {
    const guards = COMMITTED.flatMap(([, text]) => jobsOf(text)).filter((job) =>
      job.steps?.some(({ uses }) => uses?.includes('upstream-guard')),
    );
    expect(guards.length).toBeGreaterThan(0);
    expect(guards.filter((job) => JSON.stringify(job).includes('secrets.'))).toEqual([]);
  });

  it.each(ALL)('gives no secret to a step that runs dbt: %s', (_, text) => {
    for (const job of jobsOf(text)) {
      const dbt = (job.steps ?? []).filter(({ uses }) => /\/actions\/(transform|dbt-levels)(@|$)/.test(uses ?? ''));
      expect(dbt.filter((step) => JSON.stringify(step).includes('secrets.'))).toEqual([]);
      if (dbt.length > 0) expect(JSON.stringify({ ...job, steps: [] })).not.toContain('secrets.');
    }
    if (!Array.isArray(parse(text))) expect(JSON.stringify({ ...workflow(text), jobs: {} })).not.toContain('secrets.');
  });

  it('is in the folder that GitHub reads', () => {
    expect(FILES.filter((path) => path.startsWith('.github/workflows/') && !WORKFLOWS.includes(path))).toEqual([]);
  });
});
