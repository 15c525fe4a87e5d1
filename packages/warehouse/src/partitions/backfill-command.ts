import { type Month, monthsFrom } from '@sensor-warehouse/model/time/month';
import { type BackfillMode, MAX_MONTHS } from '../layout/backfill-documents';

/** The command that rebuilds months of a source, for messages. */
export function backfillCommand(datasource: string, from: Month, to: Month, mode: BackfillMode): string {
  const months = monthsFrom(from, to).length;
  const many = months > Number(MAX_MONTHS) ? ` --max-months ${months}` : '';
  return `warehouse backfill --datasource ${datasource} --from ${from} --to ${to} --mode ${mode}${many}`;
}
