import { withoutSecrets } from '../secrets/secrets';
import { type Finding, printable, quoted, type SeedEdit, seedLine } from './finding';
import { codeInCell, inert } from './markdown';
import { shellWord } from './shell-word';

/** The heads of the columns of findingRow, and how these are aligned. */
export const FINDING_COLUMNS = [
  '| | source | where | what | count | what to do |',
  '| --- | --- | --- | --- | ---: | --- |',
] as const;

/** How a person named a file and a project: a command for that person names them alike. */
export interface NamedSo {
  readonly path: string;
  /** The folder of the project, if it is not the one that the person is in. */
  readonly project?: string;
}

/** The finding as one line of text that is safe to print. */
export function findingLine(finding: Finding): string {
  return findingLineFor(finding, undefined);
}

/** The same for a person who named the file in a command. */
export function findingLineFor(finding: Finding, named: NamedSo | undefined): string {
  const { severity, code, datasource, message, evidence, fix } = finding;
  const where = place(finding);
  const accepted = acceptanceOf(finding, named);
  const line = [
    `${severity} ${code}${datasource ? ` [${datasource}]` : ''}${where ? ` ${where}` : ''}: ${message}`,
    comparisonOf(finding)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    evidence === undefined ? '' : `evidence: ${evidence}`,
    `fix: ${fix}`,
    accepted === undefined ? '' : `to accept: ${accepted.command} (${accepted.changes})`,
  ];
  return withoutSecrets(line.filter(Boolean).join('; '));
}

/** The finding as a row of a Markdown table (see FINDING_COLUMNS). */
export function findingRow(finding: Finding, mark: string): string {
  const { datasource = '', code, message, evidence, count, fix } = finding;
  const accepted = acceptanceOf(finding);
  const what = [
    `${code}: ${message}`,
    ...comparisonOf(finding).map(([name, value]) => `${name} ${value}`),
    ...(evidence === undefined ? [] : [`evidence: ${evidence}`]),
  ].join('; ');
  const toAccept =
    accepted === undefined ? '' : `<br>to accept: ${codeInCell(accepted.command)} ${inert(`(${accepted.changes})`)}`;
  const cells = [mark, inert(datasource), inert(place(finding)), inert(what), count, `${inert(fix)}${toAccept}`];
  return `| ${cells.join(' | ')} |`;
}

/** The finding as paragraphs of Markdown, under a heading of the third level. */
export function findingParagraphs(finding: Finding): string[] {
  const { code, severity, message, count, evidence, fix } = finding;
  const where = place(finding);
  const accepted = acceptanceOf(finding);
  const told: readonly (readonly [string, string | undefined])[] = [
    ['where', where === '' ? undefined : where],
    ['how often', count > 1 ? String(count) : undefined],
    ...comparisonOf(finding),
    ['evidence', evidence],
    ['what to do', fix],
    ['accepting it changes', accepted?.changes],
  ];
  return [
    `### ${severity} ${inert(code)}: ${inert(message)}`,
    told.flatMap(([name, value]) => (value === undefined ? [] : [`- **${name}**: ${inert(value)}`])).join('\n'),
    ...(accepted === undefined ? [] : [`\`\`\`sh\n${accepted.command}\n\`\`\``]),
  ];
}

function comparisonOf({ found, expected }: Finding): (readonly ['found' | 'expected', string])[] {
  return [
    ...(found === undefined ? [] : [['found', found] as const]),
    ...(expected === undefined ? [] : [['expected', expected] as const]),
  ];
}

/** The command that accepts what was found, and what it changes; undefined if it cannot be accepted. */
function acceptanceOf(finding: Finding, named?: NamedSo) {
  const { accept } = finding;
  if (accept === undefined) return undefined;
  return { command: acceptCommand(finding, [accept.id], named), changes: accept.edits.map(editText).join('; ') };
}

/** `file:line:column`, as far as each is known. */
function place(finding: Finding): string {
  return [finding.file && printable(finding.file), finding.line, finding.column && printable(finding.column)]
    .filter((part) => part !== undefined && part !== '')
    .join(':');
}

/** A command that a shell can be given as it is; a file of a run is named as it was uploaded. */
export function acceptCommand(
  { datasource = '', file = '' }: Pick<Finding, 'datasource' | 'file'>,
  ids: readonly string[],
  named?: NamedSo,
): string {
  const project = named?.project === undefined ? '' : ` --project ${shellWord(named.project) ?? 'PROJECT'}`;
  return `warehouse accept ${datasource} ${ids.join(' ')} ${shellWord(named?.path ?? file) ?? 'FILE'}${project}`;
}

/** An edit in words: the seed, and the line that it changes or adds. */
function editText(edit: SeedEdit): string {
  switch (edit.kind) {
    case 'set':
      return `seeds/${edit.seed}.csv: ${edit.column} ${quoted(edit.from)} becomes ${quoted(edit.to)}`;
    case 'add':
      return `seeds/${edit.seed}.csv: + ${seedLine(...Object.values(edit.row))}`;
    case 'alias':
      return `contract: ${quoted(edit.label)} stands for ${quoted(edit.standsFor)}`;
    case 'header':
      return `contract: a header of ${edit.labels.length} labels`;
    case 'forget':
      return `contract: no profile of ${quoted(edit.label)}`;
  }
}
