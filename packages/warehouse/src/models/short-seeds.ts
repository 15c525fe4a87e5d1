import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { hasShortRows } from '@sensor-warehouse/model/seeds/seed-table';
import { isMap, isSeq, parseDocument } from 'yaml';
import { projectFiles } from './project-files';

/**
 * Seeds with short rows, which dbt would not read: its DuckDB refuses them unless the project says `fast: false`, as
 * ours does but older copies do not. Seeds that the project's own YAML describes are left alone, because dbt accepts
 * one description of each.
 */
export async function unreadableSeeds(project: string): Promise<string[]> {
  const settings = (await readFile(join(project, 'dbt_project.yml'), 'utf8').catch(unlessAbsent)) ?? '';
  if (/^\s*\+?fast:\s*false\b/m.test(settings)) return [];
  const short = (await projectFiles(project, 'seeds', ['.csv'])).filter(({ text }) => hasShortRows(text));
  if (short.length === 0) return [];
  const described = await describedSeeds(project);
  return short.map(({ path }) => /([^/]+)\.csv$/.exec(path)![1]!).filter((name) => !described.has(name));
}

/** Lets dbt's own reader read these seeds: it takes what a row leaves out as empty. */
export function seedsYaml(names: readonly string[]): string {
  const items = names.flatMap((name) => [`  - name: ${name}`, '    config: { fast: false }']);
  return ['version: 2', '', 'seeds:', ...items, ''].join('\n');
}

async function describedSeeds(project: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const folder of ['models', 'seeds']) {
    for (const { text } of await projectFiles(project, folder, ['.yml', '.yaml'])) {
      const seeds = parseDocument(text).get('seeds');
      if (!isSeq(seeds)) continue;
      for (const seed of seeds.items) if (isMap(seed)) names.add(String(seed.get('name')));
    }
  }
  return names;
}
