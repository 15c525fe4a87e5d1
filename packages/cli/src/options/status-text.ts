import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { ImportedHours, SourceStatus, Status, WaitingFacts } from '@sensor-warehouse/warehouse/upkeep/status';
import { joinLines } from '../terminal/print';
import { wordForShell } from './place-options';

/**
 * The output of `status`: a line for the published version, a paragraph per source with its problems and the commands
 * that help, then everything that concerns no single source.
 * @param place the options that name the warehouse, as they were given, so that a command can be copied
 */
export function statusText(status: Status, warehouse: string, place: string): string {
  const { generation, version, pinned, sources, off, waiting, imported, backfills } = status;
  const lines = [`generation ${generation}, public version ${version || 'none'}`];
  if (pinned !== undefined)
    lines.push(
      `readers see version ${pinned}, which is pinned`,
      `  to show them the newest one again: warehouse publish --unpin ${place}`,
    );
  if (version === '' && waiting.length === 0)
    lines.push(`nothing is published in ${warehouse} yet; to publish the first version: warehouse run ${place}`);
  for (const source of sources) lines.push(sourceLine(source), ...trouble(source, place).map((line) => `  ${line}`));
  if (off.length > 0) {
    lines.push(`switched off: ${off.join(', ')}`);
    lines.push('  to read one, set enabled to true in its row of seeds/datasources_config.csv');
  }
  for (const one of waiting) lines.push(waitingLine(one));
  if (waiting.some(({ held, settled }) => !held && settled !== 'discarded'))
    lines.push(`  to publish what is not held: warehouse aggregate-publish ${place}`);
  if (imported !== undefined) lines.push(...importedLines(imported));
  for (const { plan, windows, made, current } of backfills) {
    lines.push(`backfill ${plan}: ${made} of ${windows} windows built, not published`);
    lines.push(
      current
        ? '  to finish it: Actions → its run → Re-run failed jobs; or start over: warehouse backfill, Actions → Backfill'
        : `  the warehouse has changed since, so no run continues it; to remove it, a day after it was written: warehouse sweep ${place} --yes`,
    );
  }
  return joinLines(lines);
}

/** The status reduced to problems, so that a program finds them. */
export function statusJson({ sources, ...status }: Status): object {
  return {
    ...status,
    sources: sources.map(({ state, waiting, quarantined, ...source }) => ({
      ...source,
      ...(state === 'on' ? {} : { state }),
      ...(waiting === 0 ? {} : { waiting }),
      ...(hasEntries(quarantined) ? { quarantined } : {}),
    })),
  };
}

function sourceLine({ datasource, months, from, to, readings, hours, state, held }: SourceStatus): string {
  const published =
    months === 0 ? 'nothing published' : `${months} months ${from} to ${to}, ${readings} readings, ${hours} hours`;
  const mark = { on: '', off: ', switched off', gone: ', not in the seeds' }[state];
  return `${datasource}: ${published}${mark}${held === undefined ? '' : ', HELD'}`;
}

/** Problems of a source, each with its remedy. */
function trouble(source: SourceStatus, place: string): string[] {
  const { datasource: id, state, held, undelivered, quarantined } = source;
  const settle = (command: string) => `warehouse ${command} ${id} ${place} --reason "…" --dry-run`;
  const lines: string[] = [];
  if (state === 'off')
    lines.push('what is published stays; to read it again, set enabled to true in seeds/datasources_config.csv');
  if (state === 'gone')
    lines.push('what is published stays; to read it again, give it a row in seeds/datasources_config.csv');
  if (held?.by === 'refused-upload') {
    const isFolder = held.reasons.every((name) => name.endsWith('/'));
    lines.push(
      `held by ${isFolder ? 'an upload folder that cannot be listed' : 'a refused upload'}: ${names(held.reasons)}`,
    );
    lines.push(`replace it with a corrected export, or remove it from the upload folder, then: warehouse run ${place}`);
    if (source.waiting > 0) lines.push(`or publish what waits without it: ${settle('release')}`);
  }
  if (held?.by === 'checks') {
    lines.push(`held by quality checks of its delivery: ${held.reasons.map((reason) => printable(reason)).join('; ')}`);
    lines.push(`if the delivery is right: ${settle('release')}`, `if you do not want it: ${settle('discard')}`);
  }
  if (undelivered !== undefined)
    lines.push(`its API gave nothing in the last Refresh: ${printable(undelivered)}; docs/failures.md says what to do`);
  for (const { name, report } of quarantined.refused)
    lines.push(`refused, and still in the upload folder: ${quoted(name)}; why: ${printable(report)}`);
  if (hasEntries(quarantined)) lines.push(...quarantineLines(source, place));
  return lines;
}

function quarantineLines({ datasource, from, to, quarantined }: SourceStatus, place: string): string[] {
  const { uploads, rows, unmapped, entry, looked } = quarantined;
  const kinds = [
    [uploads, 'refused'],
    [rows, 'with rows left out'],
    [unmapped, 'with readings that have no mapping'],
  ] as const;
  const counted = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  const lines = [`quarantine/${datasource}: uploads ${counted.join(', ')}; the .md files say why`];
  if (entry !== undefined)
    lines.push(`to put the newest back: warehouse replay ${wordForShell(entry)} ${place} --dry-run`);
  if (unmapped > 0) {
    const again = `${place} --datasource ${datasource} --from ${from} --to ${to} --mode rebuild --dry-run`;
    lines.push('once the mapping is right, put those uploads into the upload folder again');
    if (from !== '') lines.push(`or rebuild its months from the raw copies: warehouse backfill ${again}`);
  }
  if (!looked) lines.push('its upload folder was not checked: bind its remote with --remote or --rclone-config');
  return lines;
}

function waitingLine({ datasource, generation, facts, held, settled }: WaitingFacts): string {
  const what = `${datasource} ${generation}, ${facts} facts`;
  if (settled === 'discarded') return `discarded: ${what}; the next publication skips them`;
  return `waiting: ${what}${held ? ', held' : ''}${settled === undefined ? '' : `, ${settled}`}`;
}

function importedLines({ hours, months, from, to, published, labels }: ImportedHours): string[] {
  const read = labels.map(({ label, zone }) => `the ${label} of the hour by the clock of ${zone}`).join(', or ');
  return [
    `imported from an earlier pipeline: ${hours} hours in ${months} months, ${from} to ${to}; labels were ${read}`,
    `  ${published} are in the dataset with origin = 'legacy'; the others were replaced by computed hours, or are implausible or excluded`,
  ];
}

const hasEntries = ({ uploads, rows, unmapped }: SourceStatus['quarantined']) => uploads + rows + unmapped > 0;

const names = (reasons: readonly string[]) => reasons.map((name) => quoted(name)).join(', ');
