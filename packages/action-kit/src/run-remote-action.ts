import './shed-environment';
import { getState, saveState } from '@actions/core';
import { removeRcloneConfig } from './rclone-tool';
import { runAction } from './run-action';

const STATE = 'main-has-run';

/**
 * Runs an action that reaches remotes. The runner starts its file twice: for the step, and after the job for what must
 * not stay behind.
 */
export async function runRemoteAction(action: string, main: () => Promise<void>): Promise<void> {
  if (getState(STATE) !== '') return runAction(action, removeRcloneConfig);
  saveState(STATE, 'true');
  await runAction(action, main);
}
