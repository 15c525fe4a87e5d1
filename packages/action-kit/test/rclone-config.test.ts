import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { provideRclone } from '@sensor-warehouse/action-kit/rclone-tool';
import { forgetSecrets } from '@sensor-warehouse/model/secrets/secrets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const rclone = process.env.RCLONE ?? '';
const CONFIG = '[sm2drive]\ntype = webdav\nurl = http://127.0.0.1:9\npass = a-secret-of-the-building';

describe.skipIf(rclone === '')('the configuration of rclone', () => {
  const before = { ...process.env };
  let scratch: string;
  let configFile: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'rclone-config-'));
    for (const name of ['workspace', 'temp']) await mkdir(join(scratch, name));
    process.env.GITHUB_WORKSPACE = join(scratch, 'workspace');
    process.env.RUNNER_TEMP = join(scratch, 'temp');
    delete process.env.GITHUB_STATE;
    process.env.PATH = `${dirname(rclone)}${delimiter}${process.env.PATH}`;
    configFile = (await provideRclone(CONFIG)).configFile!;
  });
  afterAll(async () => {
    forgetSecrets();
    Object.assign(process.env, before);
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    await rm(scratch, { recursive: true, force: true });
  });

  test('can be read only by the user who runs it', async () => {
    expect(((await stat(configFile)).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(dirname(configFile))).mode & 0o777).toString(8)).toBe('700');
  });

  test('is outside the workspace, from which artifacts and caches are made', async () => {
    expect(relative(join(scratch, 'workspace'), configFile)).toMatch(/^\.\./);
    expect(await readdir(join(scratch, 'workspace'))).toEqual([]);
  });

  test('is the text of the secret, with a line end', async () => {
    expect(await readFile(configFile, 'utf8')).toBe(`${CONFIG}\n`);
  });
});
