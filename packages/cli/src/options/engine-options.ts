import { unencrypted } from '@sensor-warehouse/influx/connect';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';
import type { InfluxSettings } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { isEngine } from '@sensor-warehouse/warehouse/shell/with-engine';
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
 * What the command line says of the engine; undefined if hours are computed in this process.
 * @throws Failure (config) if there is none of this name, or an option is missing
 */
export function influxOf(options: Options): InfluxSettings | undefined {
  const wrong = (what: string) => usage(what, { name: options.command });
  const { engine, 'influx-url': url, 'influx-org': org } = options.own;
  const { INFLUX_TOKEN: token } = process.env;
  if (token) keepSecret(token);
  for (const part of secretsOfUrl(String(url ?? ''))) keepSecret(part);
  if (!isEngine(String(engine))) throw wrong(`unknown engine ${printable(String(engine))}`);
  if (engine === 'embedded') {
    if (url !== undefined || org !== undefined) throw wrong('--influx-url and --influx-org need --engine influxdb');
    return undefined;
  }
  const say = (line: string) => tellText(`${line}\n`);
  if (url === undefined) {
    if (org !== undefined) throw wrong('--influx-org needs --influx-url');
    return { address: undefined, say };
  }
  if (org === undefined) throw wrong('--influx-org is missing');
  if (!token) throw wrong('INFLUX_TOKEN is not set in the environment');
  const warned = unencrypted(String(url));
  if (warned !== undefined) say(`warning: ${warned}`);
  return { address: { url: String(url), org: String(org), token }, say };
}
