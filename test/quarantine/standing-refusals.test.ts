import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { readHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { VALIDATED } from '@sensor-warehouse/warehouse/validate-schema/validated';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { openNight, prepareHandOver } from '../support/made-night';
import { publishFacts } from '../support/stages';

const DAY = 86_400_000;
const made = atrea('Graph.csv', UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]));
const BROKEN = { ...made, text: made.text.replace('tu1-privod', 'tu1-supply') };
const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12]));
const INDOOR = [{ datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 1 }] as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
  await building.upload('Vzduchotechnika', BROKEN);
  await building.upload('Indoor', indoor);
  await publishFacts(await prepared({}, INDOOR));
});
afterEach(() => building.remove());

/** A night up to the hand-over, with something about it changed. */
async function prepared(change: Partial<Context>, facts: Parameters<typeof prepareHandOver>[1] = []): Promise<Context> {
  const night = { ...(await openNight(building)), ...change };
  await prepareHandOver(night, facts);
  return night;
}

const validatedBy = ({ work }: Context) => readHandOver(work, VALIDATED, 'test');
/** Who reads a refused upload puts it into the quarantine of the work folder. */
const wasRead = ({ work }: Context) =>
  readdir(join(work, 'quarantine', 'ventilation')).then(
    () => true,
    () => false,
  );
const refusals = () => join(building.warehouse, 'refusals.json');

test('a refused upload is not read again the next night, and all that was found is reported again', async () => {
  const again = await prepared({ now: Date.parse('2024-11-30T12:00:00Z') });
  const { findings, held, files } = await validatedBy(again);
  expect(await wasRead(again)).toBe(false);
  expect(held).toEqual({ ventilation: [BROKEN.name] });
  expect(files).toMatchObject([{ name: BROKEN.name, verdict: 'refused', counts: { lines: 5, quarantined: 5 } }]);

  await rm(refusals());
  const read = await validatedBy(await prepared({}));
  expect(findings.length).toBeGreaterThan(0);
  expect({ findings, files: files.map(({ local: _, ...file }) => file) }).toEqual({
    findings: read.findings,
    files: read.files.map(({ local: _, ...file }) => file),
  });
});

test('nor the night after that: the verdict holds as long as the upload is there', async () => {
  const before = await readFile(refusals(), 'utf8');
  const handOver = async () => publishFacts(await prepared({})).catch(() => undefined);
  await handOver();
  expect(await readFile(refusals(), 'utf8')).toBe(before);
  expect(await wasRead(await prepared({}))).toBe(false);

  await rm(join(building.uploadFolder('Vzduchotechnika'), BROKEN.name));
  await handOver();
  expect(JSON.parse(await readFile(refusals(), 'utf8'))).toMatchObject({ refusals: [] });
});

test('another export under its name is read', async () => {
  await building.upload('Vzduchotechnika', { ...BROKEN, text: `${BROKEN.text}\r\n` });
  expect(await wasRead(await prepared({}))).toBe(true);
});

test('the same bytes under another name are read: a name may say the sensor', async () => {
  await building.upload('Vzduchotechnika', { ...BROKEN, name: 'Graph_other.csv' });
  expect((await readdir(join((await prepared({})).work, 'quarantine', 'ventilation'))).length).toBe(3);
});

test('it is read again when its contract changes, and taken if that made it right', async () => {
  const { configuration } = await openNight(building);
  const datasources = configuration.datasources.map((one) =>
    one.id === 'ventilation' ? { ...one, rejectLimit: 1 } : one,
  );
  expect(await wasRead(await prepared({ configuration: { ...configuration, datasources } }))).toBe(true);
});

test('it is read again by another program', async () => {
  const program = join(building.folder, 'another.mjs');
  await writeFile(program, 'another program');
  expect(await wasRead(await prepared({ program }))).toBe(true);
});

test('a dry run reads it', async () => {
  expect(await wasRead(await prepared({ dryRun: true }))).toBe(true);
});

test('it is read again when its entry of the quarantine is gone, which then is there again', async () => {
  await rm(join(building.warehouse, 'quarantine'), { recursive: true });
  const night = await prepared({});
  expect(await wasRead(night)).toBe(true);
  await publishFacts(night);
  expect(await readdir(join(building.warehouse, 'quarantine', 'ventilation'))).toHaveLength(3);
});

test('a verdict that depends on the clock is not kept: a time in the future is read once it has come', async () => {
  const future = thermoPro('CCEA', samples('2024-12-24T10:00:00Z', '2024-12-24T10:05:00Z', 1, [11, 12]));
  await building.upload('Indoor', future);
  const night = await prepared({});
  expect((await validatedBy(night)).held).toMatchObject({ indoor: [future.name] });
  // Nothing else is to be handed over, which is reported at the end.
  await expect(publishFacts(night)).rejects.toMatchObject({ details: { class: 'input' } });

  const later = await prepared({ now: Date.parse('2024-12-24T12:00:00Z') + DAY });
  expect((await validatedBy(later)).held).not.toHaveProperty('indoor');
});

test.each([
  ['no JSON', 'x'],
  ['other JSON', 'null'],
  ['a field more', '{"format":1,"refusals":[],"more":1}'],
  ['a verdict that lacks its findings', '{"format":1,"refusals":[{"datasource":"ventilation","file":"Graph.csv"}]}'],
])('verdicts that are damaged (%s) count for nothing', async (_, text) => {
  await writeFile(refusals(), text);
  expect(await wasRead(await prepared({}))).toBe(true);
});

test('a verdict that would write to a terminal counts for nothing', async () => {
  const stored = JSON.parse(await readFile(refusals(), 'utf8'));
  stored.refusals[0].findings[0].message = '\u001b[2J';
  await writeFile(refusals(), documentText(stored));
  expect(await wasRead(await prepared({}))).toBe(true);
});
