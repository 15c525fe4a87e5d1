import { pinVersion } from '@sensor-warehouse/warehouse/upkeep/pin';
import { PUBLISH_TO, withFailureLine } from '../options/publish-to';
import { dbtPython } from '../options/python';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { report } from '../terminal/report';
import { usage } from '../terminal/usage';

export const PUBLISH: Command = {
  name: 'publish',
  usage: '(VERSION | --unpin) --warehouse PLACE',
  summary: 'show readers an older version of the dataset, until it is unpinned',
  needsWarehouse: true,
  words: { name: 'VERSION', least: 0, most: 1 },
  options: {
    unpin: { type: 'boolean', default: false, help: 'show readers the newest version again' },
    ...PUBLISH_TO,
  },
  examples: [
    'warehouse publish previous --warehouse ./warehouse --dry-run',
    'warehouse publish --unpin --warehouse sm2drive:Warehouse',
  ],
  run: publish,
};

async function publish(options: Options): Promise<number> {
  const [version] = options.words;
  const unpin = options.own.unpin === true;
  if ((version === undefined) !== unpin) throw usage('name a version, or give --unpin', PUBLISH);
  return withContext(options, async (context) => {
    const pinned = await pinVersion(context, version ?? { unpin: true }, dbtPython);
    const { from, to, changed } = pinned;
    const would = context.dryRun ? 'would see' : 'see';
    const text = changed
      ? `readers ${would} version ${to} instead of ${from}${unpin ? '' : ', until `warehouse publish --unpin`'}\n`
      : `readers see version ${to} already\n`;
    printText(options.json ? `${JSON.stringify(withFailureLine(pinned), null, 2)}\n` : text);
    return pinned.readersFailure === undefined ? 0 : report(pinned.readersFailure);
  });
}
