import { unencrypted } from '@sensor-warehouse/influx/connect';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';
import type { OpenEngine, Said } from './choice';
import { openInfluxEngine } from './influx-engine';

/** Settings of InfluxDB: a server, or none to start one for the run. */
export function readInflux(said: Said, isChosen: boolean): OpenEngine {
  const url = said.optional('influx-url');
  const org = said.optional('influx-org');
  const token = said.secret('influx-token');
  const bucket = said.optional('monitoring-bucket');
  for (const part of secretsOfUrl(url ?? '')) said.hide(part);
  const { called, mistake } = said;
  // A bucket that nothing is written to would look like one without readings.
  if (bucket !== undefined && (!isChosen || url === undefined))
    mistake(`${called('monitoring-bucket')} needs the engine influxdb, and the influx-url of a permanent server`);
  if (!said.mayBeUnused) {
    const server = `${called('influx-url')} and ${called('influx-org')}`;
    if (!isChosen && (url ?? org) !== undefined) mistake(`${server} need ${called('engine')} influxdb`);
    else if (isChosen && url === undefined && org !== undefined)
      mistake(`${called('influx-org')} needs ${called('influx-url')}`);
  }
  if (isChosen && url !== undefined)
    for (const [name, value] of Object.entries({ 'influx-org': org, 'influx-token': token }))
      if (value === undefined) mistake(`${called(name)} is missing`);
  const address = url === undefined ? undefined : { url, org: org ?? '', token: token ?? '' };
  const monitoring = bucket === undefined ? undefined : { bucket, months: said.windowMonths };
  return ({ say, warn }) => {
    const warned = url === undefined ? undefined : unencrypted(url);
    if (warned !== undefined) warn(warned, 'influx-url');
    return openInfluxEngine({ address, monitoring, say });
  };
}
