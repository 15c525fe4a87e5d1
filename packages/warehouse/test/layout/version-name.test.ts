import type { DatasetFiles } from '@sensor-warehouse/warehouse/layout/pointer';
import { EMPTY_POINTER } from '@sensor-warehouse/warehouse/layout/pointer';
import { citedName, compareVersions, versionName } from '@sensor-warehouse/warehouse/layout/version-name';
import { keptVersions } from '@sensor-warehouse/warehouse/publish-parquet/kept-versions';
import { chosenVersion } from '@sensor-warehouse/warehouse/release/stored-versions';
import { describe, expect, test } from 'vitest';

describe('the name of a version', () => {
  test('is the month of its newest hour, a counter, and a hash that those who cite it leave out', () => {
    expect(versionName({ month: '2024-11', generation: 42, hash: '0a1b2c3d' })).toBe('2024.11.42-0a1b2c3d');
    expect(citedName({ month: '2024-11', generation: 42 })).toBe('2024.11.42');
  });

  test('has zeros for the month of a dataset without any hour', () => {
    expect(versionName({ month: undefined, generation: 3, hash: '0a1b2c3d' })).toBe('0000.00.3-0a1b2c3d');
  });
});

/** As they were published: the month goes back once, when the readings of December turn out to be wrong. */
const PUBLISHED = [
  '000007-ffffffff',
  '000008-00000000',
  '2024.11.9-ffffffff',
  '2024.12.10-11111111',
  '2024.11.11-00000000',
  '2025.01.100-00000000',
  '2025.02.1000000-00000000',
];

describe('versions, old names and new', () => {
  test('are ordered by their counter as a number', () => {
    expect([...PUBLISHED].reverse().sort(compareVersions)).toEqual(PUBLISHED);
    expect([...PUBLISHED].sort().sort(compareVersions)).toEqual(PUBLISHED);
  });

  test('go when five newer ones are there, wherever their names sort as text', () => {
    const public_ = { version: PUBLISHED.at(-1)!, files: [] };
    expect(keptVersions([...PUBLISHED].sort(), { ...EMPTY_POINTER, public: public_ })).toEqual(
      new Set(PUBLISHED.slice(-5)),
    );
  });
});

describe('a version that a person names', () => {
  const VERSIONS: DatasetFiles[] = [...PUBLISHED].reverse().map((version) => ({ version, files: [] }));
  const chosen = (name: string) => chosenVersion(VERSIONS, name, 'Warehouse').version;

  test.each([
    ['2024.11.9', '2024.11.9-ffffffff'],
    ['2024.11.9-ffffffff', '2024.11.9-ffffffff'],
    ['000007', '000007-ffffffff'],
    ['latest', '2025.02.1000000-00000000'],
    ['previous', '2025.01.100-00000000'],
  ])('%s is %s', (name, version) => expect(chosen(name)).toBe(version));

  test.each(['2024.11', '2024.11.1', '2024.11.', '', '11'])(
    '%j is none, and those that are there are listed',
    (name) => {
      expect(() => chosen(name)).toThrow(/does not have this version .*2024\.11\.9-ffffffff.*code=version-absent/);
    },
  );

  test('is asked for whole where a pointer that was put back has given a name twice', () => {
    const twice = ['2024.11.9-ffffffff', '2024.11.9-00000000'].map((version) => ({ version, files: [] }));
    expect(() => chosenVersion(twice, '2024.11.9', 'Warehouse')).toThrow(
      /more than one version of this name .*expected 2024\.11\.9-ffffffff, 2024\.11\.9-00000000;.* fix: give the whole name/,
    );
    expect(chosenVersion(twice, '2024.11.9-00000000', 'Warehouse').version).toBe('2024.11.9-00000000');
  });
});
