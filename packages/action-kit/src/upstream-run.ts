import { getOctokit } from '@actions/github';
import { causeChain, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';

/** The event's claims about the run that triggered this one; not trusted until looked up. */
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

// A push is not one: that of a tag with the branch's name would pass, and Refresh is started by no push.
const TRUSTED_EVENTS = ['schedule', 'workflow_dispatch'];

/**
 * Looks the upstream run up and lets it pass only if it is a successful run of the expected workflow file, of this
 * repository, of a commit of the default branch, started by a trusted event, and if its latest attempt is the one of the
 * event. Source: GitHub's security guide on `workflow_run` (secrets are there even when the upstream had none).
 *
 * @throws Failure if GitHub's API does not say
 */
export async function judgeUpstream(
  event: UpstreamEvent,
  rules: UpstreamRules,
  token: string,
  apiUrl: string,
): Promise<UpstreamVerdict> {
  const octokit = getOctokit(token, { baseUrl: apiUrl });
  const run = await lookUp(event.runId, rules, octokit);
  const path = run.path.split('@')[0]!;
  const origin: readonly (readonly [boolean, string])[] = [
    [run.id === event.runId, 'GitHub answered with a different run than requested'],
    [path === rules.workflow, `the upstream run belongs to another workflow (${quoted(path)})`],
    [run.repository.full_name === rules.repository, 'the upstream run belongs to another repository'],
    [run.head_repository?.full_name === rules.repository, 'the upstream run comes from a fork'],
    [TRUSTED_EVENTS.includes(run.event), `the upstream run was started by ${printable(run.event)}`],
    [run.head_branch === rules.defaultBranch, `the upstream run was not on the branch ${rules.defaultBranch}`],
  ];
  const untrusted = origin.find(([holds]) => !holds);
  if (untrusted !== undefined) return { verdict: 'refused', reason: untrusted[1] };
  // GitHub runs schedules only on the default branch. A manual run may use a tag, and then `head_branch` is the tag's
  // name.
  if (run.event !== 'schedule' && !(await isOfDefaultBranch(run, rules, octokit))) {
    return {
      verdict: 'refused',
      reason: `the upstream run used a commit that is not on the branch ${rules.defaultBranch}`,
    };
  }
  const attempt = run.run_attempt ?? 1;
  if (attempt !== event.attempt) {
    return {
      verdict: 'superseded',
      reason: `the event belongs to attempt ${event.attempt}, but the upstream run is in attempt ${attempt}`,
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

type Octokit = ReturnType<typeof getOctokit>;

async function lookUp(runId: number, rules: UpstreamRules, octokit: Octokit) {
  try {
    return (await octokit.rest.actions.getWorkflowRun({ ...ownerAndName(rules), run_id: runId })).data;
  } catch (cause) {
    throw lookUpFailure(runId, cause, 'actions: read');
  }
}

/** Whether the run's commit is in the history of `refs/heads/<default branch>`, named in full so that no tag can stand for it. */
async function isOfDefaultBranch(
  run: { readonly id: number; readonly head_sha?: string },
  rules: UpstreamRules,
  octokit: Octokit,
): Promise<boolean> {
  if (!/^[0-9a-f]{40}$/.test(run.head_sha ?? '')) return false;
  const repository = ownerAndName(rules);
  try {
    const { data } = await octokit.rest.git.getRef({ ...repository, ref: `heads/${rules.defaultBranch}` });
    if (data.ref !== `refs/heads/${rules.defaultBranch}`) return false;
    if (data.object.sha === run.head_sha) return true;
    const basehead = `${run.head_sha}...${data.object.sha}`;
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...repository, basehead, per_page: 1 });
    return compared.data.status === 'ahead';
  } catch (cause) {
    // A commit of somebody else's history is unknown here.
    if ((cause as { status?: number }).status === 404) return false;
    throw lookUpFailure(run.id, cause, 'contents: read');
  }
}

function ownerAndName({ repository }: UpstreamRules): { readonly owner: string; readonly repo: string } {
  const [owner, repo] = repository.split('/') as [string, string];
  return { owner, repo };
}

/** 401, 403 and 404 come from the token's permissions or a wrong run; everything else may pass by itself. */
function lookUpFailure(runId: number, cause: unknown, permission: string): Failure {
  const refused = [401, 403, 404].includes((cause as { status?: number }).status ?? 0);
  return new Failure({
    stage: 'upstream-guard',
    what: `the upstream run ${runId} cannot be looked up: ${printable(causeChain(cause))}`,
    fix: refused ? `give the job the permission \`${permission}\`` : 'run it again',
    class: refused ? 'config' : 'remote-temporary',
    code: 'upstream-unknown',
    cause,
  });
}
