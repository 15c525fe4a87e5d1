import { runAction } from '@sensor-warehouse/action-kit/run-action';
import { main } from './main';

await runAction('dbt-levels', main);
