import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { Finding, SeedEdit } from '../findings/finding';
import { printable, quoted } from '../findings/finding';
import { systemError } from '../findings/io-failure';
import { compareText } from '../readings/readings';
import { CONTRACT_SCHEMA } from './seed-schemas';

/** The labels of one kind of export, sorted, and where each was in the last one: `labels[order[0]]` came first. */
export interface AcceptedHeader {
  readonly labels: readonly string[];
  readonly order: readonly number[];
}

/** The distribution of a column's numbers in accepted exports: the values at the shares of `QUANTILES`. */
export type ColumnProfile = readonly number[];

/** The memory of a source's exports, in `seeds/contracts/<datasource_id>.json`. */
export interface Contract {
  /** Empty: any mapped columns make a header. */
  readonly headers: readonly AcceptedHeader[];
  /** A label of an export → the label that it stands for. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, ColumnProfile>;
  /** The number of days behind a column's profile; missing if they were not counted. */
  readonly days: ReadonlyMap<string, number>;
}

export const NO_CONTRACT: Contract = { headers: [], aliases: new Map(), profiles: new Map(), days: new Map() };

/** The least, the most, and the shares between them that a profile keeps. */
export const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

interface ContractFile {
  readonly datasource: string;
  readonly headers: readonly AcceptedHeader[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly profiles: Readonly<Record<string, ColumnProfile>>;
  readonly days?: Readonly<Record<string, number>>;
}

const validate = new Ajv({ strict: true, validateSchema: false, meta: false }).compile<ContractFile>(CONTRACT_SCHEMA);

/** Below the seeds' folder. */
export function contractPath(datasource: string): string {
  return join('contracts', `${datasource}.json`);
}

/** Reads the memory of a source; a source without the file has no memory, which is not a mistake. */
export async function readContract(seedsFolder: string, datasource: string, findings: Finding[]): Promise<Contract> {
  const complain = (found: string, expected: string, message: string) =>
    findings.push({
      code: 'seed-error',
      severity: 'error',
      datasource,
      file: `seeds/contracts/${datasource}.json`,
      count: 1,
      found,
      expected,
      message,
      fix: 'restore the file from the history of the repository, or create it again with warehouse contract',
    });
  let file: unknown;
  try {
    file = JSON.parse(await readFile(join(seedsFolder, contractPath(datasource)), 'utf8'));
  } catch (error) {
    const refused = systemError(error);
    if (refused?.errno === 'ENOENT') return NO_CONTRACT;
    if (refused !== undefined) throw error;
    complain(printable((error as Error).message), 'JSON in UTF-8', 'the contract cannot be read');
    return NO_CONTRACT;
  }
  if (!validate(file)) {
    const [error] = validate.errors ?? [];
    complain(
      `${error?.instancePath || 'the file'} ${error?.message}`,
      'the form that its JSON Schema describes',
      'the contract is not valid',
    );
    return NO_CONTRACT;
  }
  const crooked = file.headers.find(({ labels, order }) => !isPermutation(order, labels.length));
  if (file.datasource !== datasource || crooked !== undefined) {
    complain(
      crooked === undefined ? quoted(file.datasource) : `order ${crooked.order.join(',')}`,
      crooked === undefined ? quoted(datasource) : 'each position once',
      crooked === undefined
        ? 'the contract belongs to another source'
        : 'the order of a header does not match its labels',
    );
    return NO_CONTRACT;
  }
  return {
    headers: file.headers,
    aliases: new Map(Object.entries(file.aliases)),
    profiles: new Map(Object.entries(file.profiles)),
    days: new Map(Object.entries(file.days ?? {})),
  };
}

function isPermutation(order: readonly number[], count: number): boolean {
  return order.length === count && new Set(order).size === count && order.every((at) => at < count);
}

/** The one text of a contract: sorted, a line for each thing that a person may accept or take back. */
export function contractText(datasource: string, { headers, aliases, profiles, days }: Contract): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => compareText(a, b));
  const object = (lines: readonly string[]) => (lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`);
  const byLabels = [...headers].sort((a, b) => compareText(a.labels.join('\n'), b.labels.join('\n')));
  const header = ({ labels, order }: AcceptedHeader) =>
    `    {\n      "labels": [\n${labels.map((label) => `        ${JSON.stringify(label)}`).join(',\n')}\n      ],\n      "order": [${order.join(', ')}]\n    }`;
  return `{
  "datasource": ${JSON.stringify(datasource)},
  "headers": ${byLabels.length === 0 ? '[]' : `[\n${byLabels.map(header).join(',\n')}\n  ]`},
  "aliases": ${object(sorted(aliases).map(([label, other]) => `    ${JSON.stringify(label)}: ${JSON.stringify(other)}`))},
  "profiles": ${object(sorted(profiles).map(([label, profile]) => `    ${JSON.stringify(label)}: [${profile.join(', ')}]`))},
  "days": ${object(sorted(days).map(([label, count]) => `    ${JSON.stringify(label)}: ${count}`))}
}
`;
}

/** A header as it is remembered. */
export function acceptedHeader(labels: readonly string[]): AcceptedHeader {
  const sorted = [...labels].sort(compareText);
  return { labels: sorted, order: labels.map((label) => sorted.indexOf(label)) };
}

/** The contract with one more header; a header of the same labels gives way, and so its order is the one last seen. */
export function withHeader(contract: Contract, labels: readonly string[]): Contract {
  const header = acceptedHeader(labels);
  const same = (other: AcceptedHeader) =>
    other.labels.length === header.labels.length && other.labels.every((label, i) => label === header.labels[i]);
  return { ...contract, headers: [...contract.headers.filter((other) => !same(other)), header] };
}

/** The contract after an edit that a person accepted. */
export function withEdit(
  contract: Contract,
  edit: Extract<SeedEdit, { readonly kind: 'alias' | 'header' | 'forget' }>,
): Contract {
  if (edit.kind === 'header') return withHeader(contract, edit.labels);
  if (edit.kind === 'alias')
    return { ...contract, aliases: new Map([...contract.aliases, [edit.label, edit.standsFor]]) };
  const without = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([label]) => label !== edit.label));
  return { ...contract, profiles: without(contract.profiles), days: without(contract.days) };
}
