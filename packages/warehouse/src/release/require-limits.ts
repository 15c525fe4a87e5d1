import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import type { ReleaseLimits } from '@sensor-warehouse/model/seeds/release-limits';
import type { VersionDiff } from './version-diff';

/**
 * Findings for a release that removes or changes more than the seed allows. Hours of an earlier pipeline do not count,
 * because computed ones replace them.
 */
export function beyondLimits({ hours, locationsGone }: VersionDiff, limits: ReleaseLimits): Finding[] {
  if (hours === undefined || hours.before === 0) return [];
  const share = (rows: number) => `${((100 * rows) / hours.before).toFixed(2)} %`;
  const percent = (limit: number) => `at most ${+(100 * limit).toFixed(4)} %`;
  const findings: Finding[] = [];
  const say = (limit: string, count: number, found: string, expected: string, message: string) =>
    findings.push({
      code: 'release-limit',
      severity: 'error',
      file: 'seeds/release_limits.csv',
      count,
      found,
      expected,
      message,
      fix: `if that is right, publish it once with --accept-churn, or raise ${limit} in seeds/release_limits.csv`,
    });
  const { rowsRemoved, rowsChanged, monthsGone: months, locationsGone: locations } = limits;
  const removed = hours.removed - hours.legacy.removed;
  const changed = hours.changed - hours.legacy.changed;
  if (rowsRemoved !== undefined && removed > rowsRemoved * hours.before)
    say('rows_removed', removed, share(removed), percent(rowsRemoved), `${removed} hours would be removed`);
  if (rowsChanged !== undefined && changed > rowsChanged * hours.before)
    say('rows_changed', changed, share(changed), percent(rowsChanged), `${changed} hours would change`);
  if (months !== undefined && hours.monthsGone.length > months)
    say(
      'months_gone',
      hours.monthsGone.length,
      hours.monthsGone.join(', '),
      `at most ${months}`,
      'months would lose all their hours',
    );
  if (locations !== undefined && locationsGone.length > locations)
    say(
      'locations_gone',
      locationsGone.length,
      locationsGone.join(', '),
      `at most ${locations}`,
      'locations would lose all their hours',
    );
  return findings;
}

/**
 * Stops a release that removes or changes more than the seed allows, so that a person looks at it first.
 * @throws Failure (input) with every limit that it exceeds
 */
export function requireLimits(diff: VersionDiff, limits: ReleaseLimits): void {
  const findings = beyondLimits(diff, limits);
  if (findings.length === 0) return;
  throw new Failure({
    stage: 'publish-parquet',
    what: 'this release would change more of the dataset than the limits allow',
    where: 'seeds/release_limits.csv',
    found: findings.map(({ message, found }) => `${message} (${printable(found!)})`).join('; '),
    expected: findings.map(({ expected }) => expected).join('; '),
    consequence: 'nothing was published; readers see the version before',
    fix: 'look at the diff; if it is right, run it again with --accept-churn',
    class: 'input',
    code: 'release-churn',
    findings,
  });
}
