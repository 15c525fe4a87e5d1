import { findingParagraphs } from '@sensor-warehouse/model/findings/finding-text';
import { codeSpan, inert } from '@sensor-warehouse/model/findings/markdown';
import { shellWord } from '@sensor-warehouse/model/findings/shell-word';
import { withoutSecrets } from '@sensor-warehouse/model/secrets/secrets';
import {
  type EntryNames,
  type QuarantineReport,
  quarantineFolder,
  type UnmappedReport,
} from '../layout/quarantine-entry';

/** More rows than this are reported by the JSON report alone. */
const MOST_ROWS = 200;

/** The report of an entry for people, in Markdown: what happened, what shows it, what to do. */
export function reportText(report: QuarantineReport, names: EntryNames): string {
  const { datasource, file, sha256, verdict, counts, findings, rows } = report;
  const refused = verdict === 'refused';
  return paragraphs([
    refused
      ? `# ${inert(file)} was refused`
      : `# ${rows.length} ${rows.length === 1 ? 'row' : 'rows'} of ${inert(file)} left out`,
    refused
      ? `None of this upload of ${inert(datasource)} was taken (${counts.lines} lines). It stays in its upload folder, and is read again when it or its source’s contract changes.`
      : `Of ${counts.lines} lines of this upload of ${inert(datasource)}, ${counts.landed} were taken and ${counts.quarantined} were not.`,
    `${codeSpan(names.kept)} beside this report holds ${report.whole ? 'the file' : 'the beginning of the file and these rows'}, byte for byte as received. SHA-256 of the upload: \`${sha256}\`.`,
    '## Why',
    ...findings.filter(({ severity }) => severity !== 'info').flatMap(findingParagraphs),
    ...(rows.length === 0 ? [] : ['## Which rows', rowTable(report)]),
    '## What to do',
    refused
      ? 'Correct the export, or accept the change with a command above, if there is one. If the upload is no longer in its folder, put it back with:'
      : 'Correct the contract, or the rows in a copy of the file beside this report, then put them back with:',
    `\`\`\`sh\n${replayCommand(datasource, names)}\n\`\`\``,
  ]);
}

/** The report about readings that fit no mapping. */
export function unmappedText({ datasource, file, readings, findings, rawCopy }: UnmappedReport): string {
  return paragraphs([
    `# Readings of ${inert(file)} without a mapping`,
    `This upload of ${inert(datasource)} was taken, except for ${readings} readings without a mapping.`,
    ...findings.flatMap(findingParagraphs),
    `The upload as received is ${codeSpan(rawCopy)} in the warehouse.`,
    '## What to do',
    'Correct what the findings name. Once the delivery is published, run the command that they name: it rebuilds the months from the raw copies, in order of arrival.',
  ]);
}

function rowTable({ rows }: QuarantineReport): string {
  const shown = rows.slice(0, MOST_ROWS).map(({ line, code }) => `| ${line} | ${inert(code)} |`);
  const more = rows.length - shown.length;
  return ['| line of the upload | why |', '| ---: | --- |', ...shown, ...(more > 0 ? [`| ${more} more | |`] : [])].join(
    '\n',
  );
}

/** The name of an entry is made of a hash and an upload's name: it is quoted for the shell. */
export function replayCommand(datasource: string, { report }: EntryNames): string {
  const path = `${quarantineFolder(datasource)}/${report}`;
  return `warehouse replay ${shellWord(path) ?? 'REPORT'} --warehouse PLACE`;
}

function paragraphs(parts: readonly string[]): string {
  return withoutSecrets(`${parts.join('\n\n')}\n`);
}
