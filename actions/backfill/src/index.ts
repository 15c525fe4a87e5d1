import { runRemoteAction } from '@sensor-warehouse/action-kit/run-remote-action';
import { main } from './main';

await runRemoteAction('backfill', main);
