import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishJob, windowJob } from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { levelsBuilder } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { afterEach, describe, expect, test } from 'vitest';
import { besideKept, type Kept, type KeptName, keptWarehouse, stagedBackfill } from '../support/kept';
import { fileTree } from '../support/published';
import { compareWithKept } from './published';

/*
 * Warehouses of 0.1.0 and the program of today: what publishes on them. Hours are compared by DuckDB with those that
 * 0.1.0 published, and with the uploads themselves.
 */

let kept: Kept;
afterEach(() => kept.remove());

const KEY = 'time, location, source, data_key';
const HOUR = `${KEY}, measurement, data_value, n, minimum, maximum`;
const dbt = async () => process.env.DBT_PYTHON!;

/** Answers of DuckDB about the copy, as it is now, each the only cell of a query. */
async function ask(name: KeptName, queries: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const compared = await compareWithKept(name, kept);
  const answers: Record<string, unknown> = {};
  for (const [what, sql] of Object.entries(queries)) answers[what] = (await compared.rows(sql))[0]![0];
  compared.close();
  return answers;
}

const counted = (sql: string) => `select count(*)::int from (${sql})`;
const GONE = counted(`select ${HOUR} from before except select ${HOUR} from after`);
const NEW = counted(`select ${KEY} from after except select ${KEY} from before`);

/** Hours of an export of ThermoPro, from its text; those of the wall hour that occurs twice are left out. */
const hoursOfExport = (name: KeptName, file: string, location: string, date: string) => `
  with rows as (
    select strptime(Date || ' ' || Time, '${date} %H:%M') as wall, * from read_csv(
      '${besideKept(name, `next/Indoor/Latest/Upload/${file}`)}', skip = 1, header = true, delim = ',',
      types = {'Date': 'VARCHAR', 'Time': 'VARCHAR'})),
  readings as (
    select date_trunc('hour', timezone('Europe/Prague', wall)) as time, unnest([
      {data_key: 'temp_indoor', data_value: Temperature_Celsius::double},
      {data_key: 'humidity_indoor', data_value: "Relative_Humidity(%)"::double}], recursive := true)
    from rows where not (wall >= '2024-10-27 02:00' and wall < '2024-10-27 03:00'))
  select time, '${location}' as location, data_key, round(avg(data_value), 9) as data_value, count(*) as n,
         min(data_value) as minimum, max(data_value) as maximum
  from readings group by all`;

const published = 'select time, location, data_key, round(data_value, 9), n, minimum, maximum from after';

describe.skipIf(!process.env.DBT_PYTHON)('the kept warehouse of the demo', () => {
  test('is published on: old hours keep their values, and the new ones are those of the uploads', async () => {
    kept = await keptWarehouse('example');
    await kept.layNext();
    const { code, stderr } = await kept.run('run');
    expect(code, stderr).toBe(0);
    const news = hoursOfExport('example', 'ThermoProSensor_export_493D_20241103.csv', '1NP-S1', '%m/%d/%Y');
    expect(
      await ask('example', {
        gone: GONE,
        // Twenty hours of two keys, and a ventilation unit of which nothing was there.
        indoor: counted(`select * from after anti join before using (${KEY}) where source = 'ThermoPro'`),
        unit: counted(`select * from after anti join before using (${KEY}) where source = 'Atrea'`),
        notPublished: counted(`${news} except ${published}`),
      }),
    ).toEqual({ gone: 0, indoor: 40, unit: 576, notPublished: 0 });
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
    const versions = await readdir(join(kept.warehouse, 'public', 'versions'));
    expect(versions.sort()).toEqual(['000001-d3fe196f', expect.stringMatching(/^2024\.11\.2-[0-9a-f]{8}$/)]);
    expect(JSON.parse(await readFile(join(kept.warehouse, 'public', 'files.json'), 'utf8')).version).toBe('2024.11.2');
    const diff = await kept.run('diff', ['000001', '2024.11.2', '--json']);
    expect(JSON.parse(diff.stdout)).toMatchObject({ from: versions[0], to: versions[1], hours: { added: 616 } });
    expect((await kept.run('publish', ['000001'])).stdout).toBe(
      `readers see version ${versions[0]} instead of ${versions[1]}, until \`warehouse publish --unpin\`\n`,
    );
    expect((await kept.run('publish', ['2024.11.2'])).stdout).toContain(`readers see version ${versions[1]} instead`);
  });

  test('is rebuilt from its raw copies to the bytes that it has, so nothing is published', async () => {
    kept = await keptWarehouse('example');
    const before = await fileTree(kept.warehouse);
    for (const mode of ['rebuild', 'all']) {
      const { code, stderr } = await kept.run('backfill', ['--from', '2024-03', '--to', '2024-11', '--mode', mode]);
      expect(code, stderr).toBe(0);
      expect(await fileTree(kept.warehouse)).toEqual(before);
    }
  });
});

/** What the exclusions that were added last take out: three hours, two hours, and one of two readings of an hour. */
const EXCLUDED = `
  (location = '1NP-S1' and data_key = 'temp_indoor' and time >= '2024-09-01 06:00' and time < '2024-09-01 09:00' or
   location = 'sm2_01' and data_key = 'temp_fresh' and time >= '2024-09-02 00:00' and time < '2024-09-02 03:00')`;
const WITH_EXCLUSIONS = {
  changed: counted(`select ${HOUR} from before where not ${EXCLUDED} except select ${HOUR} from after`),
  left: counted(`select * from after where ${EXCLUDED}`),
  n: `select n from after where ${EXCLUDED}`,
  new: NEW,
};

describe.skipIf(!process.env.DBT_PYTHON)('the kept warehouse that moved in', () => {
  test('is published on: the correction of a held source, and rows that were quarantined, are in it', async () => {
    kept = await keptWarehouse('moved-in');
    await kept.layNext();
    const [rows] = (await readdir(join(kept.warehouse, 'quarantine', 'indoor'))).filter((one) => one.endsWith('.rows'));
    const replayed = await kept.run('replay', [
      `quarantine/indoor/${rows}`,
      '--file',
      besideKept('moved-in', 'corrected.csv'),
    ]);
    expect(replayed.stdout).toContain('lines 144 = landed 144 + quarantined 0; put into the upload folder');
    const { code, stderr } = await kept.run('run');
    expect(code, stderr).toBe(0);
    const news = hoursOfExport('moved-in', 'ThermoProSensor_export_CCEA_20241102.csv', '1NP-S2', '%d/%m/%Y');
    expect(
      await ask('moved-in', {
        // The hour of the two rows has six readings now.
        completed: `select list(n order by data_key) from (select ${HOUR} from after except select ${HOUR} from before)
          where location = '1NP-S1'`,
        others: counted(`select ${HOUR} from before except select ${HOUR} from after`),
        legacy: counted(`select * from after where origin = 'legacy'`),
        ventilation: counted(`select * from after where location = 'sm2_01' and time >= '2024-11-01'`),
        ventilationReadings: `select sum(n)::int from after where location = 'sm2_01' and time >= '2024-11-01'`,
        notPublished: counted(`${news} except ${published}`),
        newAtTheOther: counted(`select * from after where location = '1NP-S2'`),
      }),
    ).toEqual({
      completed: [6, 6],
      others: 2,
      legacy: 118,
      ventilation: 240,
      ventilationReadings: 480,
      notPublished: 0,
      newAtTheOther: 312,
    });
    expect((await kept.run('status')).stdout).not.toContain('held');
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
  });

  test('publishes what was held when it is released, and without what was refused', async () => {
    kept = await keptWarehouse('moved-in');
    expect((await kept.run('release', ['ventilation', '--reason', 'November is right'])).code).toBe(0);
    const { code, stderr } = await kept.run('aggregate-publish');
    expect(code, stderr).toBe(0);
    const first = `location = 'sm2_01' and time >= '2024-11-01' and time < '2024-11-02'`;
    expect(
      await ask('moved-in', { gone: GONE, new: NEW, first: counted(`select * from after where ${first}`) }),
    ).toEqual({
      gone: 0,
      new: 120,
      first: 120,
    });
  });

  test.each(['rebuild', 'all'])(
    'is computed again by a backfill of mode %s, with the exclusions of today',
    async (mode) => {
      kept = await keptWarehouse('moved-in');
      const { code, stderr } = await kept.run('backfill', ['--from', '2024-09', '--to', '2024-11', '--mode', mode]);
      expect(code, stderr).toBe(0);
      expect(await ask('moved-in', WITH_EXCLUSIONS)).toEqual({ changed: 0, left: 1, n: 1, new: 0 });
      expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
    },
  );

  test('completes the backfill that 0.1.0 had half made, and publishes it', async () => {
    kept = await keptWarehouse('moved-in');
    const { plan, windows } = await stagedBackfill();
    const context = await kept.openContext();
    await expect(publishJob(context, plan, levelsBuilder(dbt))).rejects.toThrow(
      /windows of the plan are not built: indoor_2024-09_2024-09; .*code=backfill-incomplete/,
    );
    for (const { window } of windows) await windowJob(context, stagesAgain(dbt), EMBEDDED, plan, window);
    await publishJob(context, plan, levelsBuilder(dbt));
    expect(await ask('moved-in', WITH_EXCLUSIONS)).toEqual({ changed: 0, left: 1, n: 1, new: 0 });
    await expect(publishJob(context, plan, levelsBuilder(dbt))).rejects.toThrow(
      /the plan does not exist .*code=backfill-plan/,
    );
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
  });

  test('keeps the staged backfill from being published over what was published since, and says so', async () => {
    kept = await keptWarehouse('moved-in');
    const { plan, windows } = await stagedBackfill();
    expect((await kept.run('discard', ['ventilation', '--reason', 'not wanted'])).code).toBe(0);
    const before = await fileTree(kept.warehouse);
    const context = await kept.openContext();
    await expect(windowJob(context, stagesAgain(dbt), EMBEDDED, plan, windows[1]!.window)).rejects.toThrow(
      /another run published meanwhile .*fix: run it again; .*code=stale-run/,
    );
    expect(await fileTree(kept.warehouse)).toEqual(before);
  });
});
