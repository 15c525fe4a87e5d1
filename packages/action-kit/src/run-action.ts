import './shed-environment';
import { getInput } from '@actions/core';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { setOutput } from './outputs';
import { reportFailure } from './report-failure';

/**
 * The one place that ends an action: whatever was thrown becomes one line, an annotation, a part of the job summary,
 * the output `failure-class` and an exit code.
 */
export async function runAction(action: string, main: () => Promise<void>): Promise<void> {
  // Set before any work, so that a later `if:` never sees nothing.
  setOutput('failure-class', '');
  try {
    await main();
  } catch (thrown) {
    await reportFailure(asFailure(thrown, action, getInput('work') || undefined));
  }
}
