import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import type { EngineShell, OpenEngine } from '@sensor-warehouse/warehouse/engines/choice';
import { readEngine } from '@sensor-warehouse/warehouse/engines/engines';
import type { Options, OwnOption } from '../terminal/command';
import { tellText } from '../terminal/print';
import { usage } from '../terminal/usage';

/** The options of every command that aggregates. */
export const ENGINE: Readonly<Record<string, OwnOption>> = {
  engine: {
    type: 'string',
    default: 'embedded',
    value: 'NAME',
    help: 'embedded (the default: no server), or influxdb',
  },
  'influx-url': {
    type: 'string',
    value: 'URL',
    help: 'address of InfluxDB 2.7 or a later 2.x, with its token in INFLUX_TOKEN (default: start influxd for this run)',
  },
  'influx-org': { type: 'string', value: 'NAME', help: 'name of the organisation on that server' },
};

/**
 * The engine that the command line chooses; its secrets are in the environment.
 * @throws Failure (config) that says everything that is wrong
 */
export function engineOf({ own, windowMonths, command }: Options): OpenEngine {
  const mistakes: string[] = [];
  const open = readEngine({
    optional: (name) => own[name]?.toString() || undefined,
    secret: (name) => {
      const secret = process.env[variableOf(name)] || undefined;
      if (secret !== undefined) keepSecret(secret);
      return secret;
    },
    hide: keepSecret,
    called: (name) => (name in ENGINE ? `--${name}` : variableOf(name)),
    mistake: (what) => mistakes.push(what),
    windowMonths,
    mayBeUnused: false,
  });
  if (mistakes.length > 0) throw usage(mistakes.join('; '), { name: command });
  return open;
}

/** Such as `INFLUX_TOKEN` for `influx-token`. */
function variableOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

const tell = (line: string) => tellText(`${line}\n`);

/** Prints the engine's messages to standard error. */
export const ENGINE_SHELL: EngineShell = { say: tell, warn: (what) => tell(`warning: ${what}`) };
