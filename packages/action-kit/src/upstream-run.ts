import { getOctokit } from '@actions/github';

/** What the event says of the run that triggered this one; nothing of it is believed before it is looked up. */
export interface UpstreamEvent {
  readonly runId: number;
}

export interface UpstreamRules {
  /** Path of the workflow file, such as `.github/workflows/refresh.yml`. */
  readonly workflow: string;
  readonly repository: string;
  readonly defaultBranch: string;
}

export type UpstreamVerdict =
  | { readonly proceed: true; readonly attempt: number }
  | { readonly proceed: false; readonly reason: string };

const TRUSTED_EVENTS = ['schedule', 'workflow_dispatch', 'push'];

/**
 * Looks the upstream run up and lets it pass only if it is a successful run of the expected workflow file, of this
 * repository, on the default branch, started by a trusted event, in its latest attempt.
 * Source: GitHub's security guide on `workflow_run` (secrets are there even when the upstream had none).
 */
export async function judgeUpstream(
  event: UpstreamEvent,
  rules: UpstreamRules,
  token: string,
  apiUrl: string,
): Promise<UpstreamVerdict> {
  const [owner, repo] = rules.repository.split('/') as [string, string];
  const octokit = getOctokit(token, { baseUrl: apiUrl });
  const { data: run } = await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: event.runId });
  const path = run.path.split('@')[0];
  const checks: readonly (readonly [boolean, string])[] = [
    [path === rules.workflow, `the upstream run is of another workflow (${path})`],
    [run.repository.full_name === rules.repository, 'the upstream run belongs to another repository'],
    [run.head_repository?.full_name === rules.repository, 'the upstream run comes from a fork'],
    [TRUSTED_EVENTS.includes(run.event), `the upstream run was started by ${run.event}`],
    [run.head_branch === rules.defaultBranch, `the upstream run was not on the branch ${rules.defaultBranch}`],
    [run.status === 'completed', 'the upstream run has not ended'],
    [run.conclusion === 'success', `the upstream run ended with ${run.conclusion}`],
  ];
  const failed = checks.find(([holds]) => !holds);
  return failed === undefined
    ? { proceed: true, attempt: run.run_attempt ?? 1 }
    : { proceed: false, reason: failed[1] };
}
