import type { Datasource } from '@sensor-warehouse/model/configuration';
import { quoted } from '@sensor-warehouse/model/finding';
import type { Problem } from './report';

/**
 * The sensor that an export is of. A file per sensor carries its id in the name, four hex digits after an underscore;
 * in other layouts the columns say it, and the answer is ''.
 */
export function sensorOfName(name: string, datasource: Datasource, complain: (problem: Problem) => void): string {
  if (datasource.layout !== 'file-per-sensor') return '';
  const id = /_([0-9A-Fa-f]{4})(?=[_.])/.exec(name)?.[1]?.toUpperCase();
  if (id === undefined) {
    complain({
      code: 'sensor-missing',
      found: quoted(name),
      expected: 'a name such as ThermoProSensor_export_493D_20241031.csv',
      message: 'the file name holds no sensor id of four hex digits',
      fix: 'rename the file',
    });
    return '';
  }
  if (!datasource.sensors.has(id)) {
    complain({
      code: 'sensor-unknown',
      found: quoted(id),
      expected: 'a sensor of the mapping seed',
      message: `the sensor ${quoted(id)} is not mapped to a location`,
      fix: `add ${id},<location> to the mapping of sensors`,
    });
  }
  return id;
}
