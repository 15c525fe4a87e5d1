import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { main } from './main';
import { report } from './terminal/report';

let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  unwritten ??= error;
});
// Progress that cannot be written, such as into a log on a full disk, must not end a run.
process.stderr.on('error', () => undefined);
// A reader that closes the pipe, as `head` does, has read enough.
process.once('exit', () => {
  if (unwritten === undefined || unwritten.code === 'EPIPE' || process.exitCode !== 0) return;
  const { details } = asFailure(unwritten, 'output');
  const consequence = 'the work is done; only its report is incomplete';
  process.exitCode = report(new Failure({ ...details, where: 'standard output', consequence }));
});

process.exitCode = await main(process.argv.slice(2));
