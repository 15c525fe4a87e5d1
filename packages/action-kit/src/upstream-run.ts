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

/** Why the run is refused; undefined if it can be trusted. */
export type Refusal = string | undefined;

const TRUSTED_EVENTS = ['schedule', 'workflow_dispatch', 'push'];

/**
 * Looks the upstream run up and lets it pass only if it is a successful run of the expected workflow file, of this
 * repository, on the default branch, started by a trusted event, and if its latest attempt is the one of the event.
 * Source: GitHub's security guide on `workflow_run` (secrets are there even when the upstream had none).
 */
export async function judgeUpstream(
  event: UpstreamEvent,
  rules: UpstreamRules,
  token: string,
  apiUrl: string,
): Promise<Refusal> {
  const run = await lookUp(event.runId, rules.repository, token, apiUrl);
  const path = run.path.split('@')[0]!;
  const checks: readonly (readonly [boolean, string])[] = [
    [run.id === event.runId, 'another run was answered than was asked for'],
    [path === rules.workflow, `the upstream run is of another workflow (${quoted(path)})`],
    [run.repository.full_name === rules.repository, 'the upstream run belongs to another repository'],
    [run.head_repository?.full_name === rules.repository, 'the upstream run comes from a fork'],
    [TRUSTED_EVENTS.includes(run.event), `the upstream run was started by ${printable(run.event)}`],
    [run.head_branch === rules.defaultBranch, `the upstream run was not on the branch ${rules.defaultBranch}`],
    [run.status === 'completed', 'the upstream run has not ended'],
    [run.conclusion === 'success', `the upstream run ended with ${printable(String(run.conclusion))}`],
    [run.run_attempt === event.attempt, 'the upstream run was run again since; the event of its last attempt decides'],
  ];
  return checks.find(([holds]) => !holds)?.[1];
}

async function lookUp(runId: number, repository: string, token: string, apiUrl: string) {
  const [owner, repo] = repository.split('/') as [string, string];
  try {
    const { actions } = getOctokit(token, { baseUrl: apiUrl }).rest;
    return (await actions.getWorkflowRun({ owner, repo, run_id: runId })).data;
  } catch (cause) {
    const refused = [401, 403, 404].includes((cause as { status?: number }).status ?? 0);
    throw new Failure({
      stage: 'upstream-guard',
      what: `the upstream run ${runId} cannot be looked up: ${printable(causeChain(cause))}`,
      fix: refused ? 'give the job the permission `actions: read`' : 'run it again later',
      class: refused ? 'config' : 'remote-temporary',
      code: 'upstream-unknown',
      cause,
    });
  }
}
