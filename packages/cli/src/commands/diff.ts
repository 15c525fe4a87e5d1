import { diffMarkdown } from '@sensor-warehouse/warehouse/release/diff-text';
import { chosenVersion, filesOfVersion, storedVersions } from '@sensor-warehouse/warehouse/release/stored-versions';
import { diffVersions } from '@sensor-warehouse/warehouse/release/version-diff';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText, tellText } from '../terminal/print';

export const DIFF: Command = {
  name: 'diff',
  usage: '[FROM [TO]] --warehouse PLACE',
  summary: 'show what changed between two versions of the dataset',
  needsWarehouse: true,
  words: { name: 'versions', least: 0, most: 2 },
  examples: [
    'warehouse diff --warehouse ./warehouse',
    'warehouse diff 2024.11.41 latest --warehouse sm2drive:Warehouse --json',
  ],
  run: diff,
};

/** Without words, the published version and the one before it. */
function diff(options: Options): Promise<number> {
  return withContext(options, async ({ warehouse, work }) => {
    const versions = await storedVersions(warehouse);
    const [from = 'previous', to = 'latest'] = options.words;
    const chosen = [from, to].map((name) => chosenVersion(versions, name, warehouse.name));
    const [before, after] = chosen.map((version) => filesOfVersion(version, warehouse, work));
    const found = await diffVersions(before!, after!, (line) => tellText(`${line}\n`));
    printText(options.json ? `${JSON.stringify(found, null, 2)}\n` : diffMarkdown(found));
    return 0;
  });
}
