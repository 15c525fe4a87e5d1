import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JOB_TOKEN, type WorkflowRun } from './act';
import { refreshTitle } from './repository';

const RUN_ID = 4711;

/** One run as GitHub describes it, both in the event and in the answer of its API. */
export interface UpstreamRun {
  readonly id: number;
  readonly path: string;
  readonly event: string;
  readonly status: string;
  readonly conclusion: string;
  readonly head_branch: string;
  readonly run_attempt: number;
  readonly display_title: string;
  readonly repository: { readonly full_name: string };
  readonly head_repository: { readonly full_name: string };
}

/** The run that GitHub would tell of after Refresh ended like this. */
export function upstreamRun(
  repository: string,
  refresh: Pick<WorkflowRun, 'conclusion'>,
  { dryRun = false, ...rest }: Partial<UpstreamRun> & { readonly dryRun?: boolean } = {},
): UpstreamRun {
  return {
    id: RUN_ID,
    path: '.github/workflows/refresh.yml',
    event: 'schedule',
    status: 'completed',
    conclusion: refresh.conclusion,
    head_branch: 'main',
    run_attempt: 1,
    display_title: refreshTitle(dryRun),
    repository: { full_name: repository },
    head_repository: { full_name: repository },
    ...rest,
  };
}

/** The payload of the event `workflow_run` for it. */
export function workflowRunEvent(upstream: UpstreamRun): unknown {
  return {
    action: 'completed',
    workflow_run: upstream,
    repository: { full_name: upstream.repository.full_name, default_branch: 'main' },
  };
}

/** A double of GitHub's API that knows one run. */
export interface GitHubApi {
  readonly url: string;
  /** Every request, answered or not, as `METHOD /path`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Answers the one request that the guard may make, with the job's token; everything else is an error. */
export async function openGitHubApi(repository: string, upstream: UpstreamRun): Promise<GitHubApi> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const asked = `${request.method} ${request.url}`;
    requests.push(asked);
    const known = asked === `GET /repos/${repository}/actions/runs/${upstream.id}`;
    const allowed = request.headers.authorization === `token ${JOB_TOKEN}`;
    response.writeHead(!allowed ? 401 : known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known && allowed ? upstream : { message: `not expected: ${asked}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
