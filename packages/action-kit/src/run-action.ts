import './shed-environment';
import { error, getInput, isDebug } from '@actions/core';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { EXIT_CODES, type Failure } from '@sensor-warehouse/model/findings/failure';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { annotate } from './annotations';
import { summariseFailure } from './job-summary';
import { say } from './log';
import { setOutput } from './outputs';

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

async function reportFailure(failure: Failure): Promise<void> {
  const { details } = failure;
  setOutput('failure-class', details.class);
  if (details.findings !== undefined) {
    annotate(details.findings);
    for (const finding of details.findings) say(findingLine(finding));
  }
  error(failure.message, { title: details.code });
  if (isDebug() || details.class === 'bug')
    say((failure.cause instanceof Error ? failure.cause.stack : failure.stack) ?? '');
  process.exitCode = EXIT_CODES[details.class];
  await summariseFailure(failure);
}
