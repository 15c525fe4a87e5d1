import { setOutput, warning } from '@actions/core';
import { context } from '@actions/github';
import { say } from '@sensor-warehouse/action-kit/log';
import { judgeUpstream, type Refusal } from '@sensor-warehouse/action-kit/upstream-run';
import { type GuardInputs, readActionInputs } from './inputs';

export async function main(): Promise<void> {
  setOutput('proceed', 'false');
  setOutput('reason', '');
  const refusal = await judge(readActionInputs());
  if (refusal === undefined) {
    say('the upstream run can be trusted');
    setOutput('proceed', 'true');
    return;
  }
  warning(`nothing is done: ${refusal}`, { title: 'upstream-refused' });
  setOutput('reason', refusal);
}

async function judge({ workflow, token }: GuardInputs): Promise<Refusal> {
  // Only somebody who may write to the repository can start a run by hand.
  if (context.eventName === 'workflow_dispatch') return undefined;
  if (context.eventName !== 'workflow_run') return `the event is ${context.eventName}`;
  const { workflow_run: upstream, repository } = context.payload as {
    workflow_run?: { id?: unknown; run_attempt?: unknown };
    repository?: { default_branch?: unknown };
  };
  if (
    typeof upstream?.id !== 'number' ||
    typeof upstream.run_attempt !== 'number' ||
    typeof repository?.default_branch !== 'string'
  ) {
    return 'the event does not name its upstream run';
  }
  const rules = {
    workflow,
    repository: `${context.repo.owner}/${context.repo.repo}`,
    defaultBranch: repository.default_branch,
  };
  return judgeUpstream({ runId: upstream.id, attempt: upstream.run_attempt }, rules, token, context.apiUrl);
}
