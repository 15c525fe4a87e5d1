import { appendFile, stat } from 'node:fs/promises';
import { type Finding, findingLine, visible } from '@sensor-warehouse/model/finding';
import type { StageRecord } from '@sensor-warehouse/warehouse/run-record';

// GitHub refuses a step's summary above 1 MiB as a whole; stay well below.
const MOST_BYTES = 900_000;
const MOST_FINDINGS = 200;

/** Adds a stage to the job summary: its row of numbers, then its findings. Without a summary file nothing is written. */
export async function summarise(record: StageRecord, facts: readonly (readonly [string, string])[]): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  const text = summaryText(record, facts);
  const there = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  if (there + Buffer.byteLength(text) < MOST_BYTES) await appendFile(path, text);
}

export function summaryText(record: StageRecord, facts: readonly (readonly [string, string])[]): string {
  const lines = [
    `### ${record.stage}`,
    '',
    '| files | in | out | quarantined | repeated | seconds |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${record.files} | ${record.in} | ${record.out} | ${record.quarantined} | ${record.repeated} | ${record.seconds.toFixed(1)} |`,
    '',
    `${inert(record.equation)}`,
    '',
    ...facts.map(([name, value]) => `- **${inert(name)}**: ${inert(value)}`),
    ...(facts.length > 0 ? [''] : []),
    ...findingLines(record.findings),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const order = { error: 0, warning: 1, info: 2 };
  const sorted = [...findings].sort((a, b) => order[a.severity] - order[b.severity]);
  const shown = sorted.slice(0, MOST_FINDINGS).map((finding) => `- ${inert(findingLine(finding))}`);
  const more = sorted.length - MOST_FINDINGS;
  const title = `${findings.length} findings`;
  const open = sorted[0]!.severity === 'error' ? '<details open>' : '<details>';
  return [
    `${open}<summary>${title}</summary>`,
    '',
    ...shown,
    ...(more > 0 ? [`- ${more} more in run.json`] : []),
    '',
    '</details>',
    '',
  ];
}

/** Text in one line that Markdown, HTML and GitHub's links and mentions leave alone. */
export function inert(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]()#+!|~]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', ':&#47;&#47;')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}
