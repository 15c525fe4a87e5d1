import { getOctokit } from '@actions/github';
import { causeChain, Failure } from '@sensor-warehouse/model/failure';
import { printable, quoted } from '@sensor-warehouse/model/finding';

/** What the event says of the run that triggered this one; nothing of it is believed before it is looked up. */
export interface UpstreamEvent {
  readonly runId: number;
  readonly attempt: number;
}

export interface UpstreamRules {
  /** Path of the workflow file, such as `.github/workflows/refresh.yml`. */
  readonly workflow: string;
  readonly repository: string;
  readonly defaultBranch: string;
}

export type UpstreamVerdict =
  | { readonly verdict: 'trusted' }
  /** A later attempt of the run has begun, and its end brings an event of its own: nothing is lost. */
  | { readonly verdict: 'superseded'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string };

const TRUSTED_EVENTS = ['schedule', 'workflow_dispatch', 'push'];

/**
 * Looks the upstream run up and lets it pass only if it is a successful run of the expected workflow file, of this
 * repository, on the default branch, started by a trusted event, and if its latest attempt is the one of the event.
 * Source: GitHub's security guide on `workflow_run` (secrets are there even when the upstream had none).
 *
 * @throws Failure if GitHub's API does not tell
 */
export async function judgeUpstream(
  event: UpstreamEvent,
  rules: UpstreamRules,
  token: string,
  apiUrl: string,
): Promise<UpstreamVerdict> {
  const run = await lookUp(event.runId, rules.repository, token, apiUrl);
  const path = run.path.split('@')[0]!;
  const origin: readonly (readonly [boolean, string])[] = [
    [run.id === event.runId, 'another run was answered than was asked for'],
    [path === rules.workflow, `the upstream run is of another workflow (${quoted(path)})`],
    [run.repository.full_name === rules.repository, 'the upstream run belongs to another repository'],
    [run.head_repository?.full_name === rules.repository, 'the upstream run comes from a fork'],
    [TRUSTED_EVENTS.includes(run.event), `the upstream run was started by ${printable(run.event)}`],
    [run.head_branch === rules.defaultBranch, `the upstream run was not on the branch ${rules.defaultBranch}`],
  ];
  const untrusted = origin.find(([holds]) => !holds);
  if (untrusted !== undefined) return { verdict: 'refused', reason: untrusted[1] };
  const attempt = run.run_attempt ?? 1;
  if (attempt !== event.attempt) {
    return {
      verdict: 'superseded',
      reason: `the event is of attempt ${event.attempt}, the upstream run is in ${attempt}`,
    };
  }
  if (run.conclusion !== 'success') {
    return {
      verdict: 'refused',
      reason: `the upstream run is ${printable(String(run.status))} with the conclusion ${printable(String(run.conclusion))}`,
    };
  }
  return { verdict: 'trusted' };
}

async function lookUp(runId: number, repository: string, token: string, apiUrl: string) {
  const [owner, repo] = repository.split('/') as [string, string];
  try {
    const octokit = getOctokit(token, { baseUrl: apiUrl });
    return (await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: runId })).data;
  } catch (cause) {
    throw lookUpFailure(runId, cause);
  }
}

/** 401, 403 and 404 come from the token's permissions or a wrong run; everything else may pass by itself. */
function lookUpFailure(runId: number, cause: unknown): Failure {
  const refused = [401, 403, 404].includes((cause as { status?: number }).status ?? 0);
  return new Failure({
    stage: 'upstream-guard',
    what: `the upstream run ${runId} cannot be looked up: ${printable(causeChain(cause))}`,
    fix: refused ? 'give the job the permission `actions: read`' : 'run it again',
    class: refused ? 'config' : 'remote-temporary',
    code: 'upstream-unknown',
    cause,
  });
}
