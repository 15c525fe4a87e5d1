import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRemotes } from '@sensor-warehouse/storage/remotes';
import { describe, expect, test } from 'vitest';

const tool = { program: '/bin/false', configFile: undefined };

describe('an address of a remote', () => {
  test.each([
    'sm2drive:../outside',
    'sm2drive:..',
    'sm2drive:.',
    'sm2drive:/../outside',
    'sm2drive:Indoor/../../outside',
    'sm2drive:Indoor/..',
    'sm2drive:Indoor/./Upload',
  ])('that leads out of it is refused, bound or not: %s', async (address) => {
    const folder = join(await mkdtemp(join(tmpdir(), 'remotes-')), 'drive');
    for (const remotes of [openRemotes(new Map([['sm2drive', folder]]), undefined), openRemotes(new Map(), tool)])
      expect(() => remotes.open(address)).toThrow(/leads out of its remote.*class=config code=remote-config/);
  });

  test.each(['sm2drive:', 'sm2drive:Indoor/Upload', 'sm2drive:..Indoor', 'sm2drive:Indoor/...', 'sm2drive:a.b/c..'])(
    'that stays in it is opened: %s',
    (address) => {
      expect(openRemotes(new Map([['sm2drive', '/data']]), undefined).open(address).name).toBe(address);
    },
  );
});
