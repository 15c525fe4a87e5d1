import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { warehouse } from '../support/command-line';
import { type Building, bound, newBuilding } from './building';
import { filesBelow, NODE24, runStep, type Step } from './runner';

/** Has what Markdown, HTML, JSON and addresses write in another way. */
const CANARY = 'CANARY_SIG+x/y==_*a|b!(c)&d<e#f-AND-A-LONG-REST-OF-IT-3f9a7c';
const SHORTEST_LEAK = 8;

/** What an escape hides from a search, and a browser or a person gives back. */
function readings(text: string): string[] {
  const markdown = text.replace(/\\(.)/g, '$1');
  const html = markdown
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  const url = (one: string) =>
    one.replace(/%([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  const words = text.match(/[A-Za-z0-9+/_-]{12,}/g) ?? [];
  const decoded = words.flatMap((word) =>
    [0, 1, 2, 3].map((from) => Buffer.from(word.slice(from), 'base64').toString('latin1')),
  );
  return [text, markdown, html, url(text), url(url(text)), decoded.join('\n')];
}

/** Parts of the canary that are in the text, however it is read. */
function leaksIn(text: string, canary = CANARY): string[] {
  const read = readings(text);
  const parts = Array.from({ length: canary.length - SHORTEST_LEAK + 1 }, (_, at) =>
    canary.slice(at, at + SHORTEST_LEAK),
  );
  return parts.filter((part) => read.some((one) => one.includes(part)));
}

/** Everything of a step that somebody may see or find afterwards; the runner shows no command that masks. */
function leftBy(step: Step, { workspace, temp, home, drive }: Building): string {
  const shown = step.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  const files = [workspace, temp, home, drive].flatMap(filesBelow).filter((file) => statSync(file).size < 1_000_000);
  const kept = files.map((file) => `${file}\n${readFileSync(file, 'latin1')}`);
  return [...shown, step.stderr, JSON.stringify(step.outputs), JSON.stringify(step.state), step.summary, ...kept].join(
    '\n',
  );
}

/** A program in Python that writes down what it was started with, and what it can read of its parent, then does `then`. */
function recorder({ bin, home }: Building, name: string, then: string): { program: string; record: () => string } {
  const program = join(bin, name);
  const record = join(home, '..', `${name}.record`);
  const lines = [
    '#!/usr/bin/python3 -IS',
    'import base64, json, os, sys, urllib.parse',
    `out = open(${JSON.stringify(record)}, 'a')`,
    'print(sys.argv, dict(os.environ), file=out)',
    'print(open(f"/proc/{os.getppid()}/environ").read(), file=out)',
    'out.close()',
    then,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  return { program, record: () => readFileSync(record, 'utf8') };
}

/** An rclone that fails and says its secret in one of the forms that a message may have. */
function talkingRclone(building: Building, form: string): { record: () => string } {
  return recorder(
    building,
    'rclone',
    [
      "if sys.argv[1] == 'version': print('rclone v1.75.2'); sys.exit()",
      "config = next(one for one in sys.argv if one.startswith('--config='))[9:]",
      "line = [one for one in open(config).read().splitlines() if 'CANARY' in one][-1].strip()",
      "secret = 'CANARY' + line.split('CANARY', 1)[1].split('\"')[0]",
      `said = ${form}`,
      "print(json.dumps({'level': 'critical', 'msg': 'x' * 100 + ' ' + said}), file=sys.stderr)",
      'sys.exit(2)',
    ].join('\n'),
  );
}

const FORMS: readonly (readonly [string, string])[] = [
  ['the line of the configuration', 'line'],
  ['the secret', 'secret'],
  ['its first 54 letters', 'secret[:54]'],
  ['its first 20 letters', 'secret[:20]'],
  ['the secret in JSON', 'json.dumps({"at": json.dumps(secret)})'],
  ['the secret in an address', "'http://h/?sig=' + urllib.parse.quote(secret)"],
  ['the secret in a form', "urllib.parse.urlencode({'sig': secret})"],
  ['the secret in an address within an address', "urllib.parse.quote(urllib.parse.quote(secret, safe=''))"],
  ['the secret in base64', 'base64.b64encode(secret.encode()).decode()'],
  ['the header of a basic authentication', "'Basic ' + base64.b64encode(('petra:' + secret).encode()).decode()"],
  ['the secret in hexadecimal', 'secret.encode().hex()'],
];

const section = (...lines: readonly string[]) => ['[sm2drive]', 'type = webdav', ...lines, ''].join('\n');

/** Broken or odd in eleven ways, and each holds the secret. */
const CONFIGURATIONS: readonly (readonly [string, string])[] = [
  ['a password', section(`pass = ${CANARY}`)],
  ['a password in quotation marks', section(`pass = "${CANARY}"`)],
  ['a line without an equals sign', section(`pass ${CANARY}`)],
  ['an option with a blank in its name', section(`client secret = ${CANARY}`)],
  ['a line that is commented out', section(`# token = ${CANARY}`)],
  ['no section', `type = webdav\npass = ${CANARY}\n`],
  ['a section that is not closed', `[sm2drive\ntype = webdav\npass = ${CANARY}\n`],
  ['a token in JSON', section(`token = {"access_token":"${CANARY}","expiry":"x"}`)],
  ['a token whose JSON is cut', section(`token = {"access_token":"${CANARY}`)],
  ['a token over many lines', section('token = {', `  "access_token": "${CANARY}",`, '}')],
  ['a key over many lines', section('key_pem = -----BEGIN KEY-----', CANARY, '-----END KEY-----')],
  ['an address with a query', section(`url = http://127.0.0.1:9/share?v=1&sig=${CANARY}`)],
  ['an address with a password', section(`url = https://petra:${CANARY.replaceAll(/[/#]/g, '_')}@example.org/`)],
  ['a header', section(`headers = Authorization,Bearer ${CANARY}`)],
  ['an unknown option', section(`description = ${CANARY}`)],
  ['a connection string', section(`remote = :webdav,url=x,pass="${CANARY}":`)],
];

describe.skipIf(!NODE24)('the secret of a configuration of rclone that', () => {
  it.each(CONFIGURATIONS)('has %s is left nowhere, whatever rclone prints', async (_, config) => {
    const building = newBuilding(1);
    talkingRclone(building, 'line');
    const inputs = { warehouse: 'sm2drive:Warehouse', 'rclone-config': config };
    const step = await runStep('ingest', building, { inputs, env: { RUNNER_DEBUG: '1' } });
    expect(step.code).toBe(3);
    expect(step.summary).toContain('rclone-usage');
    expect(leaksIn(leftBy(step, building))).toEqual([]);
  });

  it.each(FORMS)('rclone repeats as %s is left nowhere', async (_, form) => {
    const building = newBuilding(1);
    talkingRclone(building, form);
    const inputs = { warehouse: 'sm2drive:Warehouse', 'rclone-config': section(`pass = ${CANARY}`) };
    const step = await runStep('ingest', building, { inputs });
    expect(step.summary).toContain('rclone-usage');
    expect(leaksIn(leftBy(step, building))).toEqual([]);
  });
});

describe.skipIf(!NODE24 || !existsSync('/proc/self/environ'))('a program that an action starts', () => {
  /** What a job may have in its environment, each with a canary of its own. */
  const SECRETS = Object.fromEntries(
    [
      ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'GITHUB_TOKEN', 'OPENWEATHER_KEY', 'INFLUX_TOKEN'],
      ...['AWS_SECRET_ACCESS_KEY', 'AZURE_CLIENT_SECRET', 'RCLONE_CONFIG_PASS', 'NPM_TOKEN', 'DBT_ENV_SECRET_X'],
    ].map((name) => [name, `canary-of-${name}`]),
  );
  const seen = (record: string) => Object.values(SECRETS).filter((canary) => record.includes(canary));

  it('finds no secret if it is rclone, neither in its environment nor in that of its parent', async () => {
    const building = newBuilding(1);
    const { record } = talkingRclone(building, "'nothing'");
    const inputs = { warehouse: 'sm2drive:Warehouse', 'rclone-config': section(`pass = ${CANARY}`) };
    const step = await runStep('ingest', building, { inputs, env: SECRETS });
    expect(step.code).toBe(3);
    expect(record()).toContain('GITHUB_WORKSPACE');
    expect(seen(record())).toEqual([]);
    expect(leaksIn(record())).toEqual([]);
  });

  it('gets the credentials of a cloud if it is rclone, and a remote takes them from there', async () => {
    const building = newBuilding(1);
    const { record } = talkingRclone(building, "os.environ['AWS_SECRET_ACCESS_KEY']");
    const config = `[sm2drive]\ntype = s3\nenv_auth = true\nsecret_access_key = ${CANARY}\n`;
    const inputs = { warehouse: 'sm2drive:Warehouse', 'rclone-config': config };
    const step = await runStep('ingest', building, { inputs, env: SECRETS });
    expect(step.summary).toContain('rclone-usage');
    expect(seen(record())).toEqual([SECRETS.AWS_SECRET_ACCESS_KEY]);
    expect(leftBy(step, building).includes(SECRETS.AWS_SECRET_ACCESS_KEY!)).toBe(false);
  });

  it.each(['transform', 'dbt-levels'])('finds no secret if it is the Python of %s', async (action) => {
    const building = newBuilding(1);
    const { program, record } = recorder(building, 'python', 'sys.exit(1)');
    if (action === 'transform')
      for (const stage of ['ingest', 'validate-schema'])
        await runStep(stage, building, { inputs: stage === 'ingest' ? bound(building) : {} });
    else {
      mkdirSync(join(building.workspace, 'work'));
      writeFileSync(join(building.workspace, 'work', 'level-archive.json'), '{"of":"an archive"}');
      mkdirSync(join(building.workspace, 'work', 'levels'));
    }
    const step = await runStep(action, building, { inputs: { python: program }, env: SECRETS });
    expect(step.code).not.toBe(0);
    expect(record()).toContain('GITHUB_WORKSPACE');
    expect(seen(record())).toEqual([]);
    expect(seen(leftBy(step, building))).toEqual([]);
  });

  it('leaves none of the action’s input in the folder for temporary files', async () => {
    const building = newBuilding(1);
    await runStep('ingest', building, { inputs: bound(building), env: SECRETS });
    expect(filesBelow(building.temp).filter((file) => file.includes('warehouse-environment-'))).toEqual([]);
  });
});

describe('a token that a server repeats', () => {
  let url: string;
  beforeAll(async () => {
    const server = createServer((request, response) => {
      const message = `no such token: ${request.headers.authorization ?? ''}${CANARY}`;
      response
        .writeHead(401, { 'x-influxdb-version': 'v2.7.12' })
        .end(JSON.stringify({ code: 'unauthorized', message }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return () => void server.close();
  });

  it('is hidden by the command line too', async () => {
    const building = newBuilding(1);
    const place = ['--warehouse', join(building.drive, 'Warehouse'), '--remote', `sm2drive=${building.drive}`];
    const server = ['--engine', 'influxdb', '--influx-url', url, '--influx-org', 'home'];
    const ended = await warehouse(['aggregate-publish', ...place, ...server], { env: { INFLUX_TOKEN: CANARY } });
    expect(ended.stderr).toContain('code=influx-token');
    expect(leaksIn(ended.stdout + ended.stderr)).toEqual([]);
  });

  it.skipIf(!NODE24)('is hidden by the action, in the log, the summary and the annotations', async () => {
    const building = newBuilding(1);
    const server = { engine: 'influxdb', 'influx-url': url, 'influx-org': 'home', 'influx-token': CANARY };
    const step = await runStep('influx-aggregate', building, { inputs: { ...bound(building), ...server } });
    expect(step.summary).toContain('influx-token');
    expect(leaksIn(leftBy(step, building))).toEqual([]);
  });
});
