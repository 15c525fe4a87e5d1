/** Runs the stage ingest by itself, as another user perhaps, and prints what it took and what it could not. */

import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { ingest } from '../support/stages';

const options = readOptions(process.argv.slice(2));
const { files, untaken } = await ingest(await contextOfOptions(options, options.work!));
process.stdout.write(
  JSON.stringify({ files: files.map(({ name }) => name), untaken: untaken.map(({ code }) => code) }),
);
