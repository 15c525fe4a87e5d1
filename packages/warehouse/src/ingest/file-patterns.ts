import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { ignoredSensorTest } from '@sensor-warehouse/model/seeds/ignored-sensors';
import { sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import { isHidden } from './hidden-files';

/** A test for files of a sensor that the source ignores: they are not opened, because they may hold anything. */
export function ignoredFileTest(datasource: Datasource): (name: string) => boolean {
  if (datasource.layout !== 'file-per-sensor') return () => false;
  const isIgnored = ignoredSensorTest(datasource);
  return (name) => isIgnored(sensorIdOf(name, datasource.sensorPattern) ?? '');
}

/**
 * A file pattern with `*` and `?`, case-insensitive; compiled without backtracking into a plain matcher. No pattern takes a
 * hidden file.
 */
export function globToTest(pattern: string): (name: string) => boolean {
  const glob = pattern.normalize('NFC').toLowerCase();
  if (glob.includes('**')) {
    throw new Failure({
      stage: 'ingest',
      what: `the file_pattern ${printable(pattern)} is not understood`,
      fix: 'use single * and ? only',
      class: 'config',
      code: 'seed-error',
    });
  }
  return (name) => {
    if (isHidden(name)) return false;
    const text = name.normalize('NFC').toLowerCase();
    let at = 0;
    let star = -1;
    let retry = 0;
    let p = 0;
    while (at < text.length) {
      // Try a star first: a name may contain a star too, which would match literally.
      if (glob[p] === '*') {
        star = p++;
        retry = at;
      } else if (p < glob.length && (glob[p] === '?' || glob[p] === text[at])) {
        p++;
        at++;
      } else if (star >= 0) {
        p = star + 1;
        at = ++retry;
      } else return false;
    }
    while (glob[p] === '*') p++;
    return p === glob.length;
  };
}
