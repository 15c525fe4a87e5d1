import { info, setOutput, setSecret, warning } from '@actions/core';
import { context } from '@actions/github';
import { judgeUpstream, type UpstreamVerdict } from '@sensor-warehouse/action-kit/upstream-run';
import { type GuardInputs, readActionInputs } from './inputs';

export async function main(): Promise<void> {
  setOutput('proceed', 'false');
  setOutput('reason', '');
  const inputs = readActionInputs();
  setSecret(inputs.token);
  const verdict = await judge(inputs);
  if (verdict.proceed) {
    info('the upstream run can be trusted');
    setOutput('proceed', 'true');
    return;
  }
  warning(`nothing is done: ${verdict.reason}`, { title: 'upstream-refused' });
  setOutput('reason', verdict.reason);
}

async function judge({ workflow, token }: GuardInputs): Promise<UpstreamVerdict> {
  if (context.eventName === 'workflow_dispatch') return { proceed: true, attempt: 1 };
  if (context.eventName !== 'workflow_run') return { proceed: false, reason: `the event is ${context.eventName}` };
  const { workflow_run: upstream, repository } = context.payload as {
    workflow_run?: { id?: unknown };
    repository?: { default_branch?: unknown };
  };
  if (typeof upstream?.id !== 'number' || typeof repository?.default_branch !== 'string') {
    return { proceed: false, reason: 'the event does not name its upstream run' };
  }
  const rules = {
    workflow,
    repository: `${context.repo.owner}/${context.repo.repo}`,
    defaultBranch: repository.default_branch,
  };
  return judgeUpstream({ runId: upstream.id }, rules, token, context.apiUrl);
}
