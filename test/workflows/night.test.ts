import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGGREGATE_AND_PUBLISH, REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { datasetBytes, datasetRows, INDOOR, isPublished, makeDrive, picture, VENTILATION } from './drive';
import { type GitHubApi, openGitHubApi, upstreamRun, workflowRunEvent } from './github-api';
import { copyRepository, root, type WorkflowRepository } from './repository';

describe.skipIf(!canRunWorkflows)('a night: Refresh on its schedule, then Aggregate & Publish', () => {
  let repository: WorkflowRepository;
  let api: GitHubApi;
  let drive: string;
  let byCommandLine: string;
  let uploaded: Record<string, string>;
  let publishedAfterRefresh: boolean;
  let refresh: WorkflowRun;
  let publish: WorkflowRun;
  let publishOnce: () => Promise<WorkflowRun>;

  beforeAll(async () => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    byCommandLine = join(repository.scratch, 'by-command-line');
    cpSync(drive, byCommandLine, { recursive: true, preserveTimestamps: true });
    uploaded = picture(drive);
    const vars = { WAREHOUSE_REMOTES: `sm2drive=${drive}` };
    refresh = await runWorkflow(repository, {
      ownPython: true,
      event: 'schedule',
      workflow: 'refresh.yml',
      payload: { schedule: '17 2 * * *' },
      vars,
    });
    publishedAfterRefresh = isPublished(drive);
    const upstream = upstreamRun(repository.name, refresh);
    api = await openGitHubApi(repository.name, upstream);
    publishOnce = () =>
      runWorkflow(repository, {
        event: 'workflow_run',
        workflow: 'aggregate-and-publish.yml',
        payload: workflowRunEvent(upstream),
        vars,
        apiUrl: api.url,
      });
    publish = await publishOnce();
  });
  afterAll(async () => {
    await api.close();
    repository.remove();
  });

  test('both runs end green', () => {
    expect([refresh.conclusion, publish.conclusion], refresh.log + publish.log).toEqual(['success', 'success']);
  });

  test('Refresh runs its stages in the order of the list of stages', () => {
    expect(stagesOf(refresh)).toEqual([...REFRESH_STAGES]);
  });

  test('Aggregate & Publish runs its stages in the order of the list of stages', () => {
    expect(stagesOf(publish)).toEqual([...AGGREGATE_AND_PUBLISH]);
  });

  test('the uploads leave the upload folders and are in the raw archive with the same bytes', () => {
    const now = picture(drive);
    const raw = Object.entries(now).filter(([path]) => path.startsWith('Warehouse/raw/'));
    expect(Object.keys(now).filter((path) => !path.startsWith('Warehouse/'))).toEqual([]);
    expect(raw.map(([, hash]) => hash).sort()).toEqual([uploaded[VENTILATION], uploaded[INDOOR]].sort());
  });

  test('Refresh alone publishes nothing', () => {
    expect(publishedAfterRefresh).toBe(false);
  });

  test('the dataset has rows of both sources', async () => {
    const sources = new Set((await datasetRows(drive)).map(({ source }) => source));
    expect(sources).toEqual(new Set(['Atrea', 'ThermoPro']));
  });

  test('the run tells as many rows as another Parquet reader finds', async () => {
    expect(stepOf(publish, 'Publish Parquet').outputs.rows).toBe(String((await datasetRows(drive)).length));
  });

  test('the dataset has the bytes that the command line makes of the same uploads', () => {
    const remote = ['--remote', `sm2drive=${byCommandLine}`, '--warehouse', 'sm2drive:Warehouse'];
    execFileSync(process.execPath, [join(root, 'bin', 'warehouse'), 'run', ...remote], { cwd: root, stdio: 'pipe' });
    expect(datasetBytes(drive).equals(datasetBytes(byCommandLine))).toBe(true);
  });

  test('GitHub is asked once, for the upstream run', () => {
    expect(api.requests).toEqual([`GET /repos/${repository.name}/actions/runs/4711`]);
  });

  test('the record of each run is kept', () => {
    const stages = (run: WorkflowRun, name: string) => {
      const record = readFileSync(join(run.artifacts, name, 'run.json'), 'utf8');
      return (JSON.parse(record) as { stages: { stage: string }[] }).stages.map(({ stage }) => stage);
    };
    const kept = [...stages(refresh, 'refresh-record-1'), ...stages(publish, 'aggregate-and-publish-record-1')];
    expect(kept).toEqual([...REFRESH_STAGES, ...AGGREGATE_AND_PUBLISH]);
  });

  test('every stage of both runs tells its numbers in the job summary', () => {
    const text = [...refresh.steps, ...publish.steps].map(({ summary }) => structureOf(summary)).join('');
    expect(text).toMatchInlineSnapshot(`
      "### ✅ ingest

      **files** N · **seen** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: files listed N = new N \\+ seen N

      ### ✅ validate-schema

      **accepted** N · **refused** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: lines N = landed N \\+ quarantined N

      ### ✅ transform

      **facts** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: readings landed N = facts N \\+ rejected N

      ### ✅ publish-facts

      **generation** <name>

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: facts N = facts of the sources handed over N

      ### ✅ check-quality

      **pending** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: facts N = facts checked N

      ### ✅ influx-aggregate

      **partitions** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: facts N = new keys N \\+ replaced N \\+ repeated N

      ### ✅ dbt-levels

      **levels** N · **rows** N

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: rows of the models N = rows for publish-parquet N

      ### ✅ publish-parquet

      **version** <name> · **rows** N · **changed** true · **pointer** <digest>

      | files | in | out | quarantined | repeated | seconds |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | N | N | N | N | N | N |

      Nothing lost: hours of the partitions N = rows of the dataset N

      "
    `);
  });

  test('the same upstream run, delivered a second time, changes nothing', async () => {
    const before = picture(drive);
    const again = await publishOnce();
    expect(again.conclusion, again.log).toBe('success');
    expect(stepOf(again, 'Publish Parquet').outputs.changed).toBe('false');
    expect(picture(drive)).toEqual(before);
  });
});

/** The stages that a run went through, recognised by what their summaries are headed with. */
function stagesOf(run: WorkflowRun): string[] {
  return run.steps.flatMap(({ summary }) => /^### \S+ (.+)$/m.exec(summary)?.[1] ?? []);
}

/** A summary without what differs from run to run: numbers, names of generations, booleans. */
function structureOf(summary: string): string {
  return summary
    .replace(/(\d{6}|\d{4}\.\d\d\.\d+)-[0-9a-f]{8}/g, '<name>')
    .replace(/\d+-[0-9a-f]{64}/g, '<digest>')
    .replace(/\d+(\.\d+)?/g, 'N');
}
