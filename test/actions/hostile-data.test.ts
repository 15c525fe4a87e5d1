import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Building, bound, exampleRows, INDOOR, newBuilding, upload, VENTILATION } from './building';
import { NODE24, runStep, type Step } from './runner';

const COMMANDS = [
  '::error::gotcha',
  '::set-output name=held::nothing',
  '##[set-output name=held;]nothing',
  '##[add-mask]e',
  '\u001b[31mred\u001b[0m',
  '\u202egnp.exe',
  '<img src=x onerror=alert(1)>',
  '[free](https://evil.example)',
  '@octocat',
];

/** Everything of a step that somebody will look at, and that must show data without obeying it. */
function expectInert(step: Step): void {
  const planned = ['add-mask', 'error', 'warning', 'notice', 'debug'];
  for (const command of step.commands) {
    expect(planned).toContain(command.name);
    expect(command.message).not.toBe('gotcha');
    expect(command.name === 'add-mask' ? command.message : '').toBe('');
  }
  const told = [step.stdout, step.stderr, step.summary].join('\n');
  expect(told.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(step.summary).not.toMatch(/<img|\]\(http|(^|[^\\])!\[|@octocat/);
  expect(Object.keys(step.outputs)).not.toContain('gotcha');
}

async function ingested(building: Building, names: readonly string[] = []): Promise<Step> {
  const inputs = bound(building);
  for (const name of names) upload(building, `Indoor/Latest/Upload/${name}`, exampleRows(INDOOR, 3));
  return runStep('ingest', building, { inputs });
}

describe.skipIf(!NODE24)('data from outside', () => {
  it.each(COMMANDS)('in a cell is shown and not obeyed: %j', async (hostile) => {
    const building = newBuilding();
    const [header, first] = exampleRows(VENTILATION, 1).split('\n');
    const cells = first!.split(';');
    cells[1] = hostile;
    upload(building, VENTILATION, `${header}\n${cells.join(';')}\n`);
    await ingested(building);
    const step = await runStep('validate-schema', building);
    expect(step.outputs.refused).toBe('1');
    expect(step.outputs.held).toBe('ventilation');
    expectInert(step);
  });

  it.each(COMMANDS)('in a column’s label is shown and not obeyed: %j', async (hostile) => {
    const building = newBuilding();
    upload(building, VENTILATION, exampleRows(VENTILATION, 3).replace('Date;', `Date;${hostile};`));
    await ingested(building);
    const step = await runStep('validate-schema', building);
    expect(step.outputs.refused).toBe('1');
    expectInert(step);
  });

  it('in the name of a file that fits no pattern is shown and not obeyed', async () => {
    const building = newBuilding();
    const names = COMMANDS.map((hostile) => hostile.replaceAll('/', '-'));
    const step = await ingested(building, [...names, 'line\n::error::gotcha\nend']);
    expect(step.commands.filter(({ name }) => name === 'warning').length).toBeGreaterThan(0);
    expect(step.outputs.files).toBe('2');
    expectInert(step);
  });

  it('in the name of a file that fits a pattern is shown and not obeyed', async () => {
    const building = newBuilding();
    const names = COMMANDS.map((hostile) => `ThermoProSensor_export_${hostile.replaceAll('/', '-')}.csv`);
    await ingested(building, names);
    const step = await runStep('validate-schema', building);
    expect(Number(step.outputs.refused)).toBeGreaterThan(0);
    expectInert(step);
  });

  it('in a seed is shown and not obeyed', async () => {
    const building = newBuilding();
    const rows = COMMANDS.map((hostile) => `"${hostile}","${hostile}\n${hostile}"`).join('\n');
    appendFileSync(join(building.workspace, 'seeds', 'data_keys.csv'), `${rows}\n`);
    const step = await ingested(building);
    expect(step.code).toBe(3);
    expectInert(step);
  });

  it('never drowns the annotations: eight of a kind, and one that says how many more there are', async () => {
    const building = newBuilding();
    const names = Array.from({ length: 30 }, (_, index) => `stray-${index}.txt`);
    const step = await ingested(building, names);
    const warnings = step.commands.filter(({ name }) => name === 'warning');
    expect(warnings).toHaveLength(9);
    expect(warnings.at(-1)!.message).toContain('22 more of severity warning');
    expect(step.summary).toContain('stray-29');
  });
});
