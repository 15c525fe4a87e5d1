import { readListing } from '@sensor-warehouse/storage/rclone-listing';
import { describe, expect, test } from 'vitest';

const read = (json: string, folder = '') => readListing(json, folder, 'sm2drive:Upload');
const entry = (path: unknown, more: object = {}) => ({
  Path: path,
  Size: 5,
  ModTime: '2024-10-27T01:00:00.250Z',
  ...more,
});
const modified = Date.UTC(2024, 9, 27, 1, 0, 0, 250);

describe('a listing of rclone', () => {
  test('gives path, size and time of each file, in the order of code points', () => {
    const { files, others } = read(JSON.stringify([entry('b'), entry('B', { Size: 0 })]), 'raw');
    expect(files).toEqual([
      { path: 'raw/B', bytes: 0, modified, hashes: {} },
      { path: 'raw/b', bytes: 5, modified, hashes: {} },
    ]);
    expect(others).toEqual([]);
  });

  test.each([[{ Size: -1 }], [{ Size: null }], [{ Size: undefined }]])(
    'continues if the remote does not give sizes: %j',
    (size) => {
      expect(read(JSON.stringify([entry('a.csv', size)])).files).toEqual([
        { path: 'a.csv', bytes: undefined, modified, hashes: {} },
      ]);
    },
  );

  test('reports two files of one name, once, and returns the others', () => {
    const twice = [entry('a.csv'), entry('b.csv'), entry('a.csv', { Size: 7 }), entry('a.csv')];
    const { files, others } = read(JSON.stringify(twice));
    expect(files.map(({ path }) => path)).toEqual(['b.csv']);
    expect(others).toEqual([{ path: 'a.csv', kind: 'name that two files have' }]);
  });

  test.each(['../a', '/etc/passwd', 'a/../../b', 'a//b', '.', '', 'line\nbreak', 'nul\0'])(
    'never returns the path %j, and reports it',
    (path) => {
      const { files, others } = read(JSON.stringify([entry(path), entry('good.csv')]));
      expect(files.map((file) => file.path)).toEqual(['good.csv']);
      expect(others).toEqual([{ path, kind: 'name that no store accepts' }]);
    },
  );

  const UNREADABLE: readonly (readonly [what: string, json: string, found: string])[] = [
    ['an empty text', '', 'an empty text'],
    ['half a listing', '[{"Path":"a","Size":5', '"[{\\"Path'],
    ['null', 'null', '"null"'],
    ['an object', '{"Path":"a"}', '"{'],
    ['a text', '"a"', '"\\"a\\""'],
    ['another page than JSON', '<html>\u001b[2J</html>', '\\u001b'],
    ['an entry that is null', '[null]', 'an entry "null"'],
    ['an entry that is a list', '[["a"]]', 'an entry'],
    ['a path that is a number', JSON.stringify([entry(5)]), 'an entry'],
    ['a size that is a text', JSON.stringify([entry('a', { Size: '5' })]), 'the size'],
    ['a size below nothing', JSON.stringify([entry('a', { Size: -2 })]), 'the size "-2" of "a"'],
    ['half a byte', JSON.stringify([entry('a', { Size: 1.5 })]), 'the size'],
    ['a size that no file has', '[{"Path":"a","Size":1e300,"ModTime":"2024-10-27T01:00:00Z"}]', 'the size'],
    ['no time', JSON.stringify([entry('a', { ModTime: undefined })]), 'the modification time'],
    ['a time that is none', JSON.stringify([entry('a', { ModTime: 'yesterday' })]), 'the modification time'],
    ['a time that is a number', JSON.stringify([entry('a', { ModTime: 5 })]), 'the modification time'],
  ];
  test.each(UNREADABLE)('that is %s is reported as what it is', (_, json, found) => {
    expect(() => read(json)).toThrow(/class=remote-temporary code=listing-unreadable/);
    expect(() => read(json)).toThrow(found);
    expect(() => read(json)).not.toThrow('\u001b');
  });

  test('has the hashes that the remote knows, and leaves out invalid ones', () => {
    const Hashes = { md5: '5D41402abc4b2a76b9719d911017c592', sha1: '', sha256: 7, crc32: 'not hex' };
    expect(read(JSON.stringify([entry('a', { Hashes })])).files[0]!.hashes).toEqual({
      md5: '5D41402abc4b2a76b9719d911017c592',
    });
  });
});
