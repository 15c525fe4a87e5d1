import { notice } from '@actions/core';
import { context } from '@actions/github';
import { say } from '@sensor-warehouse/action-kit/log';
import { setOutput } from '@sensor-warehouse/action-kit/outputs';
import { judgeUpstream, type UpstreamVerdict } from '@sensor-warehouse/action-kit/upstream-run';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import { type GuardInputs, readActionInputs } from './inputs';

export async function main(): Promise<void> {
  setOutput('proceed', 'false');
  setOutput('reason', '');
  const verdict = await judge(readActionInputs());
  if (verdict.verdict === 'trusted') {
    say('the upstream run can be trusted');
    setOutput('proceed', 'true');
    return;
  }
  setOutput('reason', verdict.reason);
  if (verdict.verdict === 'refused') throw refusal(verdict.reason);
  notice(`nothing is done: ${printable(verdict.reason)}`, { title: 'upstream-superseded' });
}

/** Red, because the triggers of the upstream workflow let nothing else through: a renamed workflow must not end green. */
function refusal(reason: string): Failure {
  return new Failure({
    stage: 'upstream-guard',
    what: `the upstream run is refused: ${printable(reason)}`,
    fix: 'if the upstream workflow was renamed or its branch changed, correct this workflow; otherwise find out who started it',
    class: 'config',
    code: 'upstream-refused',
  });
}

/** A run by hand may be of any branch or tag: only the default branch passes, by its full name, which no tag can have. */
function judgeRunByHand(): UpstreamVerdict {
  const { repository } = context.payload as { repository?: { default_branch?: unknown } };
  const branch = repository?.default_branch;
  const ref = process.env.GITHUB_REF;
  const other = branch === undefined ? ref?.startsWith('refs/heads/') === false : ref !== `refs/heads/${branch}`;
  if (!other) return { verdict: 'trusted' };
  return { verdict: 'refused', reason: `the manual run is on ${quoted(ref ?? '')}, not on the default branch` };
}

async function judge({ workflow, token }: GuardInputs): Promise<UpstreamVerdict> {
  if (context.eventName === 'workflow_dispatch') return judgeRunByHand();
  if (context.eventName !== 'workflow_run') return { verdict: 'refused', reason: `the event is ${context.eventName}` };
  const { workflow_run: upstream, repository } = context.payload as {
    workflow_run?: { id?: unknown; run_attempt?: unknown };
    repository?: { default_branch?: unknown };
  };
  if (
    typeof upstream?.id !== 'number' ||
    typeof upstream.run_attempt !== 'number' ||
    typeof repository?.default_branch !== 'string'
  ) {
    return { verdict: 'refused', reason: 'the event does not name its upstream run' };
  }
  const rules = {
    workflow,
    repository: `${context.repo.owner}/${context.repo.repo}`,
    defaultBranch: repository.default_branch,
  };
  return judgeUpstream({ runId: upstream.id, attempt: upstream.run_attempt }, rules, token, context.apiUrl);
}
