import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SEED_SCHEMAS } from '@sensor-warehouse/model/seeds/seed-schemas';
import { expect, test } from 'vitest';
import { root } from '../support/command-line';

test('the page about the row of a datasource explains every field that it may have, in their order', async () => {
  const page = await readFile(join(root, 'docs', 'datasources.md'), 'utf8');
  const table = page.slice(0, page.indexOf('## Times'));
  const explained = [...table.matchAll(/^\| `([a-z_]+)`/gm)].map((match) => match[1]);
  expect(explained).toEqual(Object.keys(SEED_SCHEMAS.datasources_config.properties));
});
