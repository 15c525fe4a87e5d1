import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import type { RawCopy } from '../raw-archive/raw-copies';
import type { ValidatedFile } from '../validate-schema/validated';

/** A file of a sensor that is not mapped any more is left out; nothing else may be refused. */
export function requireRemovedSensor(file: ValidatedFile, { path }: RawCopy, findings: readonly Finding[]): void {
  const errors = findings.filter(
    (one) => one.severity === 'error' && one.datasource === file.datasource && one.file === file.name,
  );
  const other = errors.find(({ code }) => code !== 'sensor-unknown');
  if (other === undefined && errors.length > 0) return;
  throw new Failure({
    stage: 'rebuild',
    what: `today’s contract refuses a raw copy: ${other?.message ?? 'no reason is given'}`,
    where: printable(path),
    ...(other?.found === undefined ? {} : { found: other.found }),
    ...(other?.expected === undefined ? {} : { expected: other.expected }),
    fix: other?.fix ?? 'look at the file with warehouse validate',
    class: 'input',
    code: 'raw-refused',
    findings: errors,
  });
}

export function removedSensor({ datasource, counts }: ValidatedFile, { path }: RawCopy): Finding {
  return {
    code: 'sensor-removed',
    severity: 'warning',
    datasource,
    file: path,
    count: counts.lines,
    message: 'a raw copy was left out: its sensor is no longer mapped',
    fix: 'nothing to do if the sensor was removed on purpose',
  };
}
