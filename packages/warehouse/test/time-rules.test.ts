import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { timeRules } from '@sensor-warehouse/warehouse/layout/time-rules';
import { expect, test } from 'vitest';

const SEEDS = fileURLToPath(new URL('../../../seeds', import.meta.url));

test('the rules of times change with everything that may move a reading, and with nothing else', async () => {
  const [source] = (await loadConfiguration(SEEDS)).datasources;
  const rules = timeRules(source!);
  // As manifests have it that were written before there were labels of ends and names of zones.
  expect(rules).toBe('796062da');
  const changed = [
    { ...source!, datetimeFormats: ['%Y'] },
    { ...source!, timeLabel: 'end' as const },
    { ...source!, timeLabel: 'end' as const, interval: 900_000 },
    { ...source!, zoneNames: new Map([['CET', 3_600_000]]) },
    { ...source!, zoneNames: new Map([['CET', 7_200_000]]) },
  ].map(timeRules);
  expect(new Set([rules, ...changed]).size).toBe(changed.length + 1);
  expect(timeRules({ ...source!, decimal: '.' })).toBe(rules);
});
