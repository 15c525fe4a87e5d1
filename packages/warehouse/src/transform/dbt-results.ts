import { join } from 'node:path';
import { refusalIn } from '@sensor-warehouse/model/findings/child-failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import { readJson } from '../run/run-record';

interface RunResults {
  readonly results: readonly {
    readonly unique_id: string;
    readonly status: string;
    readonly message: string | null;
    readonly failures: number | null;
  }[];
}

interface Manifest {
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly unit_tests?: Readonly<Record<string, ManifestNode>>;
}

interface ManifestNode {
  readonly name: string;
  readonly original_file_path: string;
  readonly column_name?: string | null;
  readonly attached_node?: string | null;
}

const SEVERITY: Readonly<Record<string, Finding['severity']>> = {
  error: 'error',
  fail: 'error',
  'runtime error': 'error',
  warn: 'warning',
  skipped: 'warning',
};

/** The content of dbt's target folder: `run_results.json` (schema v6) and its manifest. */
export interface DbtResults {
  readonly results: RunResults['results'];
  readonly manifest: Manifest | undefined;
}

export async function readDbtResults(target: string): Promise<DbtResults> {
  const results = await readJson<RunResults>(join(target, 'run_results.json'));
  return { results: results?.results ?? [], manifest: await readJson<Manifest>(join(target, 'manifest.json')) };
}

/** A system error during dbt's build: its code, such as `ENOSPC`, and the message of the model or test. */
export function refusalOf({ results }: DbtResults): { readonly errno: string; readonly message: string } | undefined {
  for (const { status, message } of results) {
    const errno = SEVERITY[status] === 'error' && message !== null ? refusalIn(message) : undefined;
    if (errno !== undefined) return { errno, message: message!.replaceAll(/\s+/g, ' ') };
  }
  return undefined;
}

/** dbt's results, joined with its manifest, as findings: model, test, failing rows, file. */
export function dbtFindings({ results, manifest }: DbtResults): Finding[] {
  const findings: Finding[] = [];
  for (const { unique_id, status, message, failures } of results) {
    const severity = SEVERITY[status];
    if (severity === undefined) continue;
    const node = manifest?.nodes[unique_id] ?? manifest?.unit_tests?.[unique_id];
    const kind = unique_id.split('.')[0] ?? 'node';
    const name = node?.name ?? unique_id;
    findings.push({
      code:
        status === 'skipped'
          ? 'dbt-skipped'
          : kind === 'model'
            ? 'dbt-model'
            : kind === 'seed'
              ? 'dbt-seed'
              : 'dbt-test',
      severity,
      ...(node === undefined ? {} : { file: node.original_file_path }),
      ...(node?.column_name ? { column: node.column_name } : {}),
      count: failures ?? 1,
      message: `${kind} ${name}: ${printable((message ?? status).replaceAll(/\s+/g, ' ').trim())}`,
      fix:
        kind === 'model'
          ? 'correct the SQL of the model'
          : 'look at the rows that the test selects, then correct the model or the data',
    });
  }
  return findings;
}
