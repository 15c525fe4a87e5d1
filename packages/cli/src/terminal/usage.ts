import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Command } from '../terminal/command';

/** A command line that cannot be understood. */
export function usage(what: string, command?: Pick<Command, 'name'>): Failure {
  return new Failure({
    stage: 'warehouse',
    what,
    fix: `see warehouse ${command === undefined ? '' : `${command.name} `}--help`,
    class: 'config',
    code: 'usage',
    consequence: 'nothing was done',
  });
}
