import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { version } from '../package.json';
import { COMMANDS } from './commands';
import { helpOf, helpOfAll } from './help';
import { readOptions } from './options';
import { printText } from './terminal/print';
import { report } from './terminal/report';

/** Runs the command line; returns the exit code. Progress and findings go to standard error, results to standard output. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h') || argv.length === 0) {
    const command = COMMANDS.find(({ name }) => argv.includes(name));
    printText(command === undefined ? helpOfAll(COMMANDS) : helpOf(command));
    return argv.length === 0 ? EXIT_CODES.config : 0;
  }
  if (argv.includes('--version')) {
    printText(`${version}\n`);
    return 0;
  }
  try {
    const options = readOptions(argv);
    return await COMMANDS.find(({ name }) => name === options.command)!.run(options);
  } catch (error) {
    return report(asFailure(error, 'warehouse'));
  }
}
