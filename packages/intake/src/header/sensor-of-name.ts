import { quoted, seedLine } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { ignoredSensorTest } from '@sensor-warehouse/model/seeds/ignored-sensors';
import { HEX_PATTERN, idInWords, sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import type { Problem } from '../report/report';

/**
 * The sensor that an export is of. A file per sensor carries its id in the name; in other layouts the columns say it, and
 * the answer is ''.
 */
export function sensorOfName(name: string, datasource: Datasource, complain: (problem: Problem) => void): string {
  if (datasource.layout !== 'file-per-sensor') return '';
  const { sensorPattern, sensors } = datasource;
  const id = sensorIdOf(name, sensorPattern);
  if (id === undefined) {
    const example = 'ThermoProSensor_export_493D_20241031.csv';
    complain({
      code: 'sensor-missing',
      found: quoted(name),
      expected: `a name such as ${sensorPattern === HEX_PATTERN ? example : sensorPattern}`,
      message: `the file name has no sensor id of ${idInWords(sensorPattern)}`,
      fix: 'rename the file',
    });
    return '';
  }
  if (ignoredSensorTest(datasource)(id)) complain(ignoredSensor(id));
  else if (!sensors.has(id)) complain(unknownSensor(id));
  return id;
}

/** A night leaves such a file where it is; a rebuild leaves its raw copy out. */
function ignoredSensor(id: string): Problem {
  return {
    code: 'sensor-unknown',
    found: quoted(id),
    expected: 'a sensor that is not ignored',
    message: `the sensor ${quoted(id)} is ignored: its files are left alone`,
    fix: 'nothing is wrong; map the sensor to publish it',
  };
}

export function unknownSensor(id: string): Problem {
  return {
    code: 'sensor-unknown',
    found: quoted(id),
    expected: 'a sensor of the mapping seed',
    message: `the sensor ${quoted(id)} is not mapped to a location`,
    fix: `add the line ${seedLine(id, '<location>')} to the mapping seed of sensors, or list ${quoted(id)} in seeds/ignored_columns.csv`,
  };
}
