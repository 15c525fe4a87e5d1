import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/command-line';
import { EXAMPLES } from '../support/example-uploads';
import { inShell } from '../support/in-shell';
import { fileTree } from '../support/published';
import { fenced } from '../support/repository-files';

const UPLOAD = join('Vzduchotechnika', 'Latest', 'Upload');

describe.skipIf(!process.env.DBT_PYTHON)('the commands of README for one’s own machine', () => {
  let drive: string;
  beforeAll(async () => {
    drive = await mkdtemp(join(tmpdir(), 'drive-'));
    await mkdir(join(drive, UPLOAD), { recursive: true });
    await mkdir(join(drive, 'Indoor', 'Latest', 'Upload'), { recursive: true });
    await cp(join(EXAMPLES, UPLOAD, 'Graph_sm2_01.csv'), join(drive, UPLOAD, 'Graph_sm2_01.csv'));
  });
  afterAll(() => rm(drive, { recursive: true, force: true }));

  test('run one after the other, with a drive for /path/to/drive, and change nothing in the repository', async () => {
    const block = fenced('README.md', 'sh').find((one) => one.includes('bin/warehouse'))!;
    const commands = block
      .replaceAll('/path/to/drive', drive)
      .split('\n')
      .filter((line) => line.startsWith('bin/warehouse '))
      // It needs a program that this project cannot bring, and is tested where there is one (test/main-job/influxdb.test.ts).
      .filter((line) => !line.includes('--engine influxdb'));
    const seeds = await fileTree(join(root, 'seeds'));
    const said: string[] = [];
    for (const command of commands) {
      const { code, stdout, stderr } = await inShell(command, root);
      // It asks; where nobody sits at a terminal it names its questions and ends.
      const asks = command.includes('add-datasource');
      expect(`${command}: ${code} ${code === 0 || asks ? '' : stderr}`).toBe(`${command}: ${asks ? 3 : 0} `);
      said.push(asks ? stderr : stdout);
    }
    expect(said[2]).toContain('the sample does not show everything; these options are missing');
    expect(said).toHaveLength(6);
    expect(said[0]).toContain('dataset: sm2drive:Warehouse/public/sm2_public_dataset.parquet');
    expect(said[3]).toContain('ventilation: 13 months 2023-11 to 2024-11');
    expect(await fileTree(join(root, 'seeds'))).toEqual(seeds);
  }, 300_000);
});
