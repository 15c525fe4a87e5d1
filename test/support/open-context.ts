import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import type { Context } from '@sensor-warehouse/warehouse/run/context';

/** A context of this process whose remote sm2drive is the folder `drive`, as the command line opens it. */
export function contextOver(
  drive: string,
  own: Pick<Context, 'configuration' | 'project' | 'work' | 'now'> & Partial<Context>,
): Context {
  const remotes = openRemotes(parseBindings([`sm2drive=${drive}`]), undefined);
  return {
    program: process.argv[1]!,
    remotes,
    warehouse: remotes.open('sm2drive:Warehouse'),
    windowMonths: 2,
    apis: { secretOf: () => undefined, loopback: false },
    dryRun: false,
    say: () => undefined,
    ...own,
    // What tests publish is small: much of it changes when little does.
    configuration: { ...own.configuration, releaseLimits: {} },
  };
}
