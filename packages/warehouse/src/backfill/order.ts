import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { BACKFILL_MODES, type BackfillOrder } from '../layout/backfill-documents';

/** Checks what a person wrote. @throws Failure (config) that names every mistake */
export function readOrder(
  given: Readonly<Record<'from' | 'to' | 'mode' | 'maxMonths', string>> & {
    readonly datasource: string | undefined;
    readonly allowFewer: boolean;
  },
  datasources: readonly string[],
): BackfillOrder {
  const mistakes: string[] = [];
  for (const name of ['from', 'to'] as const)
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(given[name]))
      mistakes.push(`${name} is ${quoted(given[name])}, expected a month such as 2024-03`);
  if (mistakes.length === 0 && given.from > given.to)
    mistakes.push(`from is ${given.from}, after to, which is ${given.to}`);
  const mode = BACKFILL_MODES.find((one) => one === given.mode);
  if (mode === undefined) mistakes.push(`mode is ${quoted(given.mode)}, expected ${BACKFILL_MODES.join(', ')}`);
  if (given.datasource !== undefined && !datasources.includes(given.datasource))
    mistakes.push(`datasource is ${quoted(given.datasource)}, expected one of ${datasources.join(', ')}`);
  if (!/^[1-9]\d{0,3}$/.test(given.maxMonths))
    mistakes.push(`max-months is ${quoted(given.maxMonths)}, expected a number from 1 to 9999`);
  if (mode === undefined || mistakes.length > 0) {
    throw new Failure({
      stage: 'backfill',
      what: `the backfill request is invalid: ${mistakes.join('; ')}`,
      fix: 'correct what is named',
      class: 'config',
      code: 'backfill-order',
    });
  }
  const { from, to, datasource, maxMonths, allowFewer } = given;
  return {
    from,
    to,
    ...(datasource === undefined ? {} : { datasource }),
    mode,
    maxMonths: Number(maxMonths),
    allowFewer,
  };
}
