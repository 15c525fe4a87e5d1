import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGGREGATE_AND_PUBLISH, REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Building, INDOOR, newBuilding, provideOnPath, VENTILATION } from './building';
import { actionYml, annotations, filesBelow, NODE24, runStep, type Step } from './runner';

const { RCLONE, DBT_PYTHON } = process.env;
const STAGES = [...REFRESH_STAGES, ...AGGREGATE_AND_PUBLISH];

// Every secret has a part of its own, so that a leak names itself.
const PASSWORD = 'canary-password-5f1e';
const ACCESS_TOKEN = 'canary-access-ya29.a0Af';
const REFRESH_TOKEN = 'canary-refresh-1//0gX';
const CLIENT_SECRET = 'canary-client-GOCSPX';
const SECRETS = [PASSWORD, ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET];

function configOf(drive: string): string {
  const token = { access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: REFRESH_TOKEN };
  return [
    `[sm2drive]\ntype = alias\nremote = ${drive}`,
    `[other]\ntype = drive\nclient_secret = ${CLIENT_SECRET}\ntoken = ${JSON.stringify(token)}`,
    `[third]\ntype = ftp\npass = ${PASSWORD}\n`,
  ].join('\n\n');
}

/** Looks at every process below this one for as long as it runs: its arguments and its environment. */
function watchChildren(pid: number, seen: Set<string>): void {
  const look = () => {
    if (!existsSync(`/proc/${pid}`)) return;
    const queue = [pid];
    for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
      try {
        const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
        for (const child of children.map(Number)) {
          queue.push(child);
          const commandLine = readFileSync(`/proc/${child}/cmdline`, 'utf8');
          // Between fork and exec a child is still a copy of the action itself, with the environment it was given.
          if (commandLine.startsWith(NODE24!)) continue;
          seen.add(commandLine).add(readFileSync(`/proc/${child}/environ`, 'utf8'));
        }
      } catch {
        // It ended while it was looked at.
      }
    }
    setTimeout(look, 10);
  };
  look();
}

describe.skipIf(!NODE24 || !RCLONE || !DBT_PYTHON)('one night, action by action, through rclone', () => {
  let building: Building;
  const steps = new Map<string, Step>();
  const children = new Set<string>();
  const step = (name: string) => steps.get(name)!;

  beforeAll(async () => {
    building = newBuilding();
    provideOnPath(building, 'rclone', RCLONE!);
    for (const stage of STAGES) {
      const given = {
        warehouse: 'sm2drive:Warehouse',
        'rclone-config': configOf(building.drive),
        python: DBT_PYTHON!,
      };
      const declared = Object.keys(actionYml(stage).inputs);
      const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => declared.includes(name)));
      const whileRunning = (pid: number) => watchChildren(pid, children);
      steps.set(stage, await runStep(stage, building, { inputs, whileRunning }));
    }
  });

  it.each(STAGES)('%s ends well and without an annotation', (stage) => {
    const { code, stderr, outputs } = step(stage);
    expect({ code, stderr, errors: annotations(step(stage), 'error') }).toEqual({ code: 0, stderr: '', errors: [] });
    expect(outputs['failure-class']).toBe('');
  });

  it.each(STAGES)('%s sets every output that its action.yml promises', (stage) => {
    const { outputs } = actionYml(stage) as unknown as { outputs: object };
    expect(Object.keys(step(stage).outputs).sort()).toEqual(Object.keys(outputs).sort());
  });

  it('hands the uploads over and says so in its outputs', () => {
    expect(step('ingest').outputs).toMatchObject({ files: '2', seen: '0' });
    expect(step('validate-schema').outputs).toMatchObject({ accepted: '2', refused: '0', held: '' });
    expect(step('publish-facts').outputs.generation).toMatch(/^000001-[0-9a-f]{8}$/);
    expect(step('check-quality').outputs).toMatchObject({ pending: '1', held: '' });
    expect(step('publish-parquet').outputs).toMatchObject({ changed: 'true', held: '' });
    for (const path of [VENTILATION, INDOOR]) expect(existsSync(join(building.drive, path))).toBe(false);
  });

  it('publishes the version that its output names', () => {
    const pointer = JSON.parse(readFileSync(join(building.drive, 'Warehouse', 'warehouse.json'), 'utf8'));
    expect(pointer.public.version).toBe(step('publish-parquet').outputs.version);
  });

  it('writes the equation of every stage into the job summary', () => {
    for (const stage of STAGES) expect(step(stage).summary, stage).toMatch(new RegExp(`^### .*${stage}\n[^]* = `));
  });

  it('leaves no rclone configuration behind when a step ends', () => {
    expect(filesBelow(building.temp).filter((file) => file.endsWith('rclone.conf'))).toEqual([]);
  });

  it.each(SECRETS)('never lets %s out', (secret) => {
    for (const [stage, { stdout, stderr, outputs, state, summary }] of steps) {
      const unmasked = stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
      const told = [unmasked.join('\n'), stderr, JSON.stringify(outputs), JSON.stringify(state), summary].join('\n');
      expect(told, stage).not.toContain(secret);
    }
  });

  it.each(SECRETS)('keeps %s out of every file it leaves', (secret) => {
    const kept = [building.workspace, building.temp, building.drive, building.home].flatMap(filesBelow);
    const leaks = kept.filter((file) => statSync(file).size < 5_000_000 && readFileSync(file).includes(secret));
    expect(leaks).toEqual([]);
  });

  it.each(SECRETS)('shows %s to no child process, neither as an argument nor in its environment', (secret) => {
    expect([...children].some((text) => text.includes('lsjson'))).toBe(true);
    expect([...children].filter((text) => text.includes(secret))).toEqual([]);
  });
});

describe.skipIf(!NODE24)('the post step', () => {
  it('removes the configuration that a killed step could not remove', async () => {
    const building = newBuilding();
    const program = join(building.bin, 'rclone');
    // Answers the question for its version, then hangs like a remote that is not there.
    writeFileSync(program, '#!/bin/sh\ncase "$1" in version) echo "rclone v1.75.2";; *) sleep 5;; esac\n');
    chmodSync(program, 0o755);
    const configs = () => filesBelow(building.temp).filter((file) => file.endsWith('rclone.conf'));
    const killWhenWritten = (pid: number) => {
      if (configs().some((file) => statSync(file).size > 0)) process.kill(pid, 'SIGKILL');
      else setTimeout(() => killWhenWritten(pid), 10);
    };
    const inputs = { warehouse: 'sm2drive:Warehouse', 'rclone-config': configOf(building.drive) };
    const killed = await runStep('ingest', building, { inputs, whileRunning: killWhenWritten });
    expect(killed.code).toBeNull();
    expect(configs()).toHaveLength(1);
    expect(statSync(configs()[0]!).mode & 0o777).toBe(0o600);

    const post = await runStep('ingest', building, { inputs, state: killed.state });
    expect(post.code).toBe(0);
    expect(configs()).toEqual([]);
  });
});
