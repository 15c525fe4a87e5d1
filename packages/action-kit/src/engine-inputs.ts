import { warning } from '@actions/core';
import { unencrypted } from '@sensor-warehouse/influx/connect';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';
import type { Engine } from '@sensor-warehouse/warehouse/engines/engine';
import type { InfluxSettings } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { readWindowMonths } from '@sensor-warehouse/warehouse/shell/run-options';
import { isEngine, withEngine as openedFor } from '@sensor-warehouse/warehouse/shell/with-engine';
import type { InputReader } from './inputs';
import { say } from './log';
import { mask } from './masks';

/** What aggregates, and how much at a time. */
export interface EngineInputs {
  readonly windowMonths: number;
  /** Undefined: in this process. */
  readonly influx: Pick<InfluxSettings, 'address' | 'monitoring'> | undefined;
}

/** Inputs of an action that aggregates. */
export function readEngineInputs(inputs: InputReader): EngineInputs {
  const engine = inputs.required('engine');
  const url = inputs.optional('influx-url');
  for (const part of secretsOfUrl(url ?? '')) mask(part);
  const org = inputs.optional('influx-org');
  const token = inputs.secret('influx-token');
  const bucket = inputs.optional('monitoring-bucket');
  const months = inputs.required('window-months');
  if (engine !== '' && !isEngine(engine)) inputs.mistake(`engine is ${quoted(engine)}, expected embedded or influxdb`);
  const windowMonths = readWindowMonths(months) ?? 0;
  if (months !== '' && windowMonths === 0)
    inputs.mistake(`window-months is ${quoted(months)}, expected a number from 1 to 99`);
  // A bucket that nothing is written to would look like one without readings.
  if (bucket !== undefined && (engine !== 'influxdb' || url === undefined))
    inputs.mistake('monitoring-bucket needs the engine influxdb, and the influx-url of a permanent server');
  // A workflow may name its server also while it is switched to the other engine.
  if (engine !== 'influxdb') return { windowMonths, influx: undefined };
  for (const [name, value] of Object.entries({ 'influx-org': org, 'influx-token': token }))
    if (url !== undefined && value === undefined) inputs.mistake(`${name} is missing`);
  const address = url === undefined ? undefined : { url, org: org ?? '', token: token ?? '' };
  const monitoring = bucket === undefined ? undefined : { bucket, months: windowMonths };
  return { windowMonths, influx: { address, monitoring } };
}

/** Opens the engine for `use`, and closes it whatever happens. @throws Failure that says what is wrong with the server */
export function withEngineOfInputs<T>({ influx }: EngineInputs, use: (engine: Engine) => Promise<T>): Promise<T> {
  const warned = influx?.address && unencrypted(influx.address.url);
  if (warned) warning(warned, { title: 'influx-url' });
  return openedFor(influx && { ...influx, say }, use);
}
