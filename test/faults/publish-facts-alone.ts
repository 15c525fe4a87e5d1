/** Runs the stage publish-facts by itself on a work folder that the stages before it prepared. */

import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { publishFacts } from '../support/stages';

const options = readOptions(process.argv.slice(2));
await publishFacts(await contextOfOptions(options, options.work!));
