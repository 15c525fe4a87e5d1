import { getState, saveState } from '@actions/core';
import { removeRcloneConfig } from '@sensor-warehouse/action-kit/rclone-tool';
import { runAction } from '@sensor-warehouse/action-kit/run-action';
import { main } from './main';

// The runner starts this file twice: for the step, and after the job for what must not stay behind.
if (getState('main-has-run') === '') {
  saveState('main-has-run', 'true');
  await runAction('ingest', main);
} else await runAction('ingest', removeRcloneConfig);
