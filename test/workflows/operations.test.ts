import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { describe, expect, test } from 'vitest';
import { root } from './repository';

const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');

describe('the page for whoever runs the warehouse', () => {
  test('explains every class of failure with its exit code', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| +(\d+) +\|/gm)].map(([, name, code]) => [name, Number(code)]);
    expect(Object.fromEntries(rows)).toEqual(EXIT_CODES);
  });

  test('names only files of this repository that there are', () => {
    const named = [...page.matchAll(/`(seeds\/[a-z_]+\.csv|bin\/[a-z]+)`/g)].map(([, path]) => path!);
    const there = [...readdirSync(join(root, 'seeds')).map((name) => `seeds/${name}`), 'bin/warehouse'];
    expect(named.filter((path) => !there.includes(path))).toEqual([]);
  });
});
