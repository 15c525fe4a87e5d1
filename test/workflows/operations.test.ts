import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@sensor-warehouse/model/failure';
import { describe, expect, test } from 'vitest';
import { root } from './repository';

const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');

describe('the page for whoever runs the warehouse', () => {
  test('explains every class of failure with its exit code', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| +(\d+) \|/gm)].map(([, name, code]) => [name, Number(code)]);
    expect(Object.fromEntries(rows)).toEqual(EXIT_CODES);
  });

  test('explains only codes that the program has', () => {
    const explained = [...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) +\| `/gm)].flatMap(([, codes]) =>
      [...codes!.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code!),
    );
    const sources = ['packages', 'actions'].map(sourceText).join('\n');
    expect(explained.length).toBeGreaterThan(0);
    expect(explained.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  test('names only files of this repository that there are', () => {
    const named = [...page.matchAll(/`(seeds\/[a-z_]+\.csv|bin\/[a-z]+)`/g)].map(([, path]) => path!);
    const there = [...readdirSync(join(root, 'seeds')).map((name) => `seeds/${name}`), 'bin/warehouse'];
    expect(named.filter((path) => !there.includes(path))).toEqual([]);
  });
});

function sourceText(folder: string): string {
  const sources = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, folder, entry.name, 'src'));
  const files = sources.flatMap((source) =>
    readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path)),
  );
  return files
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}
