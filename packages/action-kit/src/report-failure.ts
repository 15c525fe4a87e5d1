import { error, isDebug } from '@actions/core';
import { EXIT_CODES, type Failure } from '@sensor-warehouse/model/findings/failure';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { annotate } from './annotations';
import { summariseFailure } from './job-summary';
import { say } from './log';
import { setOutput } from './outputs';

/** One line, an annotation, a part of the job summary, the output `failure-class` and an exit code. */
export async function reportFailure(failure: Failure): Promise<void> {
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
