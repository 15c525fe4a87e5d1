import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Building, bound, exampleRows, INDOOR, newBuilding, upload, VENTILATION } from './building';
import { actionYml, annotations, NODE24, runStep, type Step } from './runner';

const { DBT_PYTHON } = process.env;

/** Runs stages in their order; the last one's step. */
async function run(building: Building, ...stages: readonly string[]): Promise<Step> {
  let step: Step | undefined;
  for (const stage of stages) {
    const declared = Object.keys(actionYml(stage).inputs);
    const given = { ...bound(building), python: DBT_PYTHON! };
    const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => declared.includes(name)));
    step = await runStep(stage, building, { inputs });
  }
  return step!;
}

const refusedColumn = (rows: string) => rows.replace('Teplota venkovní', 'Teplota venku');

describe.skipIf(!NODE24)('a refused upload', () => {
  it('leaves validate-schema green, holds its source, and is an annotation with file, line and column', async () => {
    const building = newBuilding();
    upload(building, VENTILATION, refusedColumn(exampleRows(VENTILATION, 48)));
    const step = await run(building, 'ingest', 'validate-schema');
    expect(step.code).toBe(0);
    expect(step.outputs).toMatchObject({ accepted: '1', refused: '1', held: 'ventilation', 'failure-class': '' });
    expect(annotations(step, 'error').join('\n')).toContain('Graph_sm2_01.csv:1');
    expect(step.summary).toContain('<details open>');
  });
});

describe.skipIf(!NODE24 || !DBT_PYTHON)('a night with something wrong', () => {
  it('publishes the other sources and ends publish-parquet red, with the held one named', async () => {
    const building = newBuilding();
    upload(building, VENTILATION, refusedColumn(exampleRows(VENTILATION, 48)));
    await run(building, 'ingest', 'validate-schema', 'transform', 'publish-facts');
    const step = await run(building, 'check-quality', 'influx-aggregate', 'publish-parquet');
    expect({ code: step.code, outputs: step.outputs }).toMatchObject({
      code: 2,
      outputs: { changed: 'true', held: 'ventilation', 'failure-class': 'input' },
    });
    expect(annotations(step, 'error')[0]).toMatch(/everything else \w+ published, without ventilation/);
    expect(existsSync(join(building.drive, 'Warehouse', 'public', 'latest.json'))).toBe(true);
    expect(existsSync(join(building.drive, VENTILATION))).toBe(true);
  });

  it('ends publish-facts red when every upload was refused, and takes none of them away', async () => {
    const building = newBuilding();
    upload(building, VENTILATION, refusedColumn(exampleRows(VENTILATION, 48)));
    upload(building, INDOOR, exampleRows(INDOOR, 48).replace('Temperature_Celsius', 'Temp'));
    const step = await run(building, 'ingest', 'validate-schema', 'transform', 'publish-facts');
    expect(step.code).toBe(2);
    expect(step.outputs).toMatchObject({ 'failure-class': 'input' });
    expect(annotations(step, 'error').at(-1)).toContain('2 uploads were refused');
    for (const path of [VENTILATION, INDOOR]) expect(existsSync(join(building.drive, path))).toBe(true);
  });

  it('keeps the line that ends a failed step within the ten errors that GitHub shows', async () => {
    const building = newBuilding();
    const strangers = Array.from(
      { length: 20 },
      (_, index) => `Indoor/Latest/Upload/ThermoProSensor_export_${index}.csv`,
    );
    for (const path of [VENTILATION, INDOOR, ...strangers]) upload(building, path, 'no header at all\n');
    const step = await run(building, 'ingest', 'validate-schema', 'transform', 'publish-facts');
    expect(step.code).toBe(2);
    expect(annotations(step, 'error')).toHaveLength(10);
    expect(annotations(step, 'error').at(-1)).toContain('22 uploads were refused');
  });

  it('shows dbt’s own message when a model is broken', async () => {
    const building = newBuilding();
    appendFileSync(join(building.workspace, 'models', '2_marts', 'fact.sql'), '\nunion all select no_such_column\n');
    const step = await run(building, 'ingest', 'validate-schema', 'transform');
    expect(step.code).toBe(3);
    expect(step.outputs['failure-class']).toBe('config');
    expect(annotations(step, 'error').at(-1)).toMatch(/dbt-model.*no_such_column/s);
  });

  it('names the dbt test that fails and how many rows it found', async () => {
    const building = newBuilding();
    const test = join(building.workspace, 'tests', 'no_reading_is_warm.sql');
    mkdirSync(dirname(test));
    writeFileSync(test, "select * from {{ ref('fact') }} where data_value > 15\n");
    const step = await run(building, 'ingest', 'validate-schema', 'transform');
    expect(step.code).toBe(3);
    expect(annotations(step, 'error').at(-1)).toMatch(/dbt-test.*no_reading_is_warm.sql.*Got \d+ results/s);
  });

  it('holds in check-quality the sources of facts that are not what their manifest says', async () => {
    const building = newBuilding();
    const handed = await run(building, 'ingest', 'validate-schema', 'transform', 'publish-facts');
    const { generation } = handed.outputs;
    appendFileSync(join(building.drive, 'Warehouse', 'facts', generation!, 'fact.parquet'), 'x');
    const step = await run(building, 'check-quality');
    expect({ code: step.code, held: step.outputs.held }).toEqual({ code: 0, held: 'ventilation,indoor' });
    expect(annotations(step, 'error').join('\n')).toMatch(/facts-lost/);
  });

  it('changes nothing in the warehouse on a dry run', async () => {
    const building = newBuilding();
    await run(building, 'ingest', 'validate-schema', 'transform');
    const step = await runStep('publish-facts', building, { inputs: { ...bound(building), 'dry-run': 'true' } });
    expect(step.code).toBe(0);
    expect(step.log.join('\n')).toMatch(/would write facts\/000001-[0-9a-f]{8} with \d+ facts/);
    expect(existsSync(join(building.drive, 'Warehouse'))).toBe(false);
  });
});
