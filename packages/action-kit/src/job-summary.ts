import { appendFile, readFile, stat } from 'node:fs/promises';
import { warning } from '@actions/core';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding, Severity } from '@sensor-warehouse/model/findings/finding';
import { FINDING_COLUMNS, findingRow } from '@sensor-warehouse/model/findings/finding-text';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { inert, tableOf } from '@sensor-warehouse/model/findings/markdown';
import { diffMarkdown, RELEASE_DIFF, sentence } from '@sensor-warehouse/warehouse/release/diff-text';
import type { VersionDiff } from '@sensor-warehouse/warehouse/release/version-diff';
import { inWork } from '@sensor-warehouse/warehouse/run/in-work';
import type { StageRecord } from '@sensor-warehouse/warehouse/run/run-record';

// GitHub refuses a step's summary above 1 MiB as a whole; stay well below.
const MOST_BYTES = 900_000;
const MOST_FINDINGS = 200;

const MARK: Readonly<Record<Severity, string>> = { error: '❌', warning: '⚠️', info: 'ℹ️' };
const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Adds a stage to the job summary: what came out, its row of numbers, its findings. */
export async function summarise(record: StageRecord, outputs: readonly (readonly [string, string])[]): Promise<void> {
  await append(stageSummary(record, outputs));
}

/** Adds what ended an action to the job summary: what happened, and the one thing to do. */
export async function summariseFailure(failure: Failure): Promise<void> {
  await append(failureSummary(failure));
}

/** Adds a table of texts to the job summary. */
export async function summariseTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const table = rows.length === 0 ? ['Nothing.'] : tableOf(head, rows);
  await append(lines([`#### ${inert(title)}`, '', ...table, '']));
}

/** Adds what a release changes to the job summary, if the stage made one. */
export async function summariseRelease(work: string): Promise<void> {
  const text = await readFile(inWork(work, RELEASE_DIFF), 'utf8').catch(unlessAbsent);
  if (text === undefined) return;
  const diff = JSON.parse(text) as VersionDiff;
  // The first version has nothing to be compared with.
  if (diff.from === '') return;
  await append(
    lines([`<details><summary>${inert(sentence(diff))}</summary>`, '', diffMarkdown(diff, 4), '</details>', '']),
  );
}

/** Without a summary file nothing is written. If it cannot be written, that is reported and undoes nothing. */
async function append(text: string): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  try {
    await appendTo(path, text);
  } catch (error) {
    const { details } = asFailure(error, 'job summary');
    warning(`the job summary cannot be written: ${details.what}; ${details.fix}`, { title: details.code });
  }
}

async function appendTo(path: string, text: string): Promise<void> {
  const there = (await stat(path).catch(unlessAbsent))?.size ?? 0;
  if (there + Buffer.byteLength(text) < MOST_BYTES) await appendFile(path, text);
}

function stageSummary(record: StageRecord, outputs: readonly (readonly [string, string])[]): string {
  const told = outputs.filter(([, value]) => value !== '');
  const worst = bySeverity(record.findings)[0]?.severity ?? 'info';
  return lines([
    `### ${worst === 'info' ? '✅' : MARK[worst]} ${inert(record.stage)}`,
    '',
    ...(told.length > 0 ? [told.map(([name, value]) => `**${inert(name)}** ${inert(value)}`).join(' · '), ''] : []),
    '| files | in | out | quarantined | repeated | seconds |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${record.files} | ${record.in} | ${record.out} | ${record.quarantined} | ${record.repeated} | ${record.seconds.toFixed(1)} |`,
    '',
    // A stage that made nothing has nothing to compare.
    `${record.equation.includes(' = ') ? 'Nothing lost: ' : ''}${inert(record.equation)}`,
    '',
    ...findingTable(record.findings),
  ]);
}

function failureSummary({ details }: Failure): string {
  const { stage, what, where, found, expected, consequence, fix, class: failureClass, code, findings = [] } = details;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['what', what],
    ['where', where],
    ['found', found],
    ['expected', expected],
    ['so', consequence ?? 'nothing was published'],
    ['what to do', fix],
    ['class', failureClass],
  ];
  return lines([
    `### ❌ ${inert(stage)}: ${inert(code)}`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`| **${name}** | ${inert(value)} |`])),
    '',
    ...findingTable(findings),
  ]);
}

function findingTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const sorted = bySeverity(findings);
  const more = sorted.length - MOST_FINDINGS;
  const open = sorted[0]!.severity === 'error' ? '<details open>' : '<details>';
  return [
    `${open}<summary>${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}</summary>`,
    '',
    ...FINDING_COLUMNS,
    ...sorted.slice(0, MOST_FINDINGS).map((finding) => findingRow(finding, MARK[finding.severity])),
    '',
    ...(more > 0 ? [`${more} more are in run.json.`, ''] : []),
    '</details>',
    '',
  ];
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
