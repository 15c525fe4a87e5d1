import { type Finding, quoted, seedLine } from '@sensor-warehouse/model/findings/finding';
import { adviceToDeclare, isDataKey } from '@sensor-warehouse/model/seeds/data-keys';
import { monthOf } from '@sensor-warehouse/model/time/month';
import { dataKeyLike } from '../models/model-texts';
import { backfillCommand } from '../partitions/backfill-command';
import type { Validated } from '../validate-schema/validated';
import type { FactCounts } from './export-facts';

/** Readings that are not facts: of an upload, if it is known which, and why. */
export interface Rejected {
  readonly datasource: string;
  readonly file: string | undefined;
  readonly reason: Finding['code'];
  readonly readings: number;
  /** The missing part of the configuration or the models. */
  readonly found: string | undefined;
}

const REASONS: Readonly<Record<string, (rejected: Rejected) => Pick<Finding, 'message' | 'fix'>>> = {
  'sensor-outside-its-validity': () => ({
    message: 'readings have no mapping and were left out',
    fix: 'correct valid_from and valid_to in the mapping; in a model without one, give each reading a location',
  }),
  'data-key-not-declared': ({ found }) => ({
    message: 'readings of a data_key that is not declared were left out',
    fix:
      found === undefined
        ? 'let the model give each reading a measurement'
        : isDataKey(found)
          ? adviceToDeclare(found)
          : `write measurement in lower-case letters, digits and _ in the model, such as ${quoted(dataKeyLike(found))}`,
  }),
  'location-not-listed': ({ found }) => ({
    message: 'readings of a location that has no public name were left out',
    fix: found
      ? `add the line ${seedLine(found, '<public name>')} to seeds/location_map.csv`
      : 'let the model give each reading a location',
  }),
  'order-unknown': () => ({
    message: 'rows give one reading different values, and the models do not say which came last; they were left out',
    fix: 'pass the order on: add _file as file, _ordinal as ordinal, _line as line to the staging model and to its part of the union',
  }),
  'column-not-united': ({ datasource, found }) => ({
    message: 'a column gives no readings and is not listed as ignored; its cells were left out',
    fix: `unite it in fct_sensor_readings, or add the line ${seedLine(datasource, found ?? '', '<reason>')} to seeds/ignored_columns.csv`,
  }),
};

/**
 * Rejected readings as findings, one warning each. The raw copies still have these readings, so each finding names the
 * command that recovers them after the correction. That command keeps the order in which uploads arrived, which
 * uploading again would not.
 * @param files with the periods of the uploads
 */
export function rejectedFindings(rejected: readonly Rejected[], files: Validated['files'] = []): Finding[] {
  return rejected.map((one) => {
    const { reason } = one;
    const { message, fix: correction } = REASONS[reason]?.(one) ?? {
      message: 'readings have no mapping and were left out',
      fix: 'complete the mapping seed',
    };
    const command = rebuildCommand(one, files);
    const fix =
      command === undefined ? correction : `${correction}; once this delivery is published, \`${command}\` adds them`;
    return {
      code: reason,
      severity: 'warning',
      datasource: one.datasource,
      ...(one.file === undefined ? {} : { file: one.file }),
      count: one.readings,
      ...(one.found === undefined ? {} : { found: quoted(one.found) }),
      message,
      fix,
    };
  });
}

/** Rebuilds the months that the uploads reach into; undefined if nothing landed. */
function rebuildCommand({ datasource, file }: Rejected, files: Validated['files']): string | undefined {
  const periods = files.flatMap((one) =>
    one.datasource === datasource && (file === undefined || one.name === file) && one.period !== undefined
      ? [one.period]
      : [],
  );
  if (periods.length === 0) return undefined;
  const from = monthOf(Math.min(...periods.map(({ first }) => first)));
  const to = monthOf(Math.max(...periods.map(({ last }) => last)));
  return backfillCommand(datasource, from, to, 'rebuild');
}

/**
 * Readings that an upload lacks in the facts. Of readings whose upload is not known, each upload of the source counts as
 * many as it can have: an upload leaves its folder only when none of it can be missing.
 */
export function rejectedByUpload(
  rejected: readonly Rejected[],
  validated: Validated,
): { readonly datasource: string; readonly file: string; readonly readings: number }[] {
  return rejected.flatMap(({ datasource, file, readings }) =>
    file !== undefined
      ? [{ datasource, file, readings }]
      : validated.files
          .filter((one) => one.datasource === datasource && one.verdict === 'accepted' && one.counts.readings > 0)
          .map(({ name, counts }) => ({ datasource, file: name, readings: Math.min(readings, counts.readings) })),
  );
}

/** Numbers that went through four bytes on their way into eight: the decimal that was meant is lost. */
export function floatFindings({ floats }: FactCounts): Finding[] {
  return floats.map(([datasource, dataKey, facts, least, meant]) => ({
    code: 'float-values',
    severity: 'warning',
    datasource,
    column: dataKey,
    count: facts,
    found: `${least}`,
    expected: meant,
    message: 'numbers look like four-byte floats that were widened',
    fix: 'cast to DOUBLE in the model, not to FLOAT',
  }));
}
