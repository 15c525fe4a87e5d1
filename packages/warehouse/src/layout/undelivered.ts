import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { OpenWarehouse, Seeds } from '../run/context';
import { type FactsManifest, listGenerations, readManifest } from './facts-manifest';

/** Datasource → code of the finding that says why its API gave nothing. */
export type Undelivered = Readonly<Record<string, string>>;

/**
 * The APIs from which the last Refresh got no answer. Its manifest names every one that is switched on, so the newest alone
 * is asked, whether it is consumed or not: as long as an API is dead, each publication says so.
 */
export async function readUndelivered({ warehouse, configuration }: OpenWarehouse & Seeds): Promise<Undelivered> {
  const newest = (await listGenerations(warehouse)).at(-1);
  const manifest = newest === undefined ? undefined : await readManifest(warehouse, newest);
  return undeliveredOf(manifest?.sources ?? [], configuration);
}

/** What a manifest says; of a source that is switched off meanwhile, nothing. */
function undeliveredOf(sources: FactsManifest['sources'], { datasources }: Configuration): Undelivered {
  const apis = new Set(datasources.filter(({ type }) => type === 'api').map(({ id }) => id));
  return Object.fromEntries(
    sources.flatMap(({ datasource, undelivered }) =>
      undelivered !== undefined && apis.has(datasource) ? [[datasource, undelivered]] : [],
    ),
  );
}

/** Whether two runs got no answer of the same APIs, for the same reasons. */
export function isSameUndelivered(one: Undelivered, other: Undelivered): boolean {
  const ids = Object.keys(one);
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
}

export function undeliveredFindings(undelivered: Undelivered): Finding[] {
  return Object.entries(undelivered).map(([datasource, found]) => ({
    code: 'source-undelivered',
    severity: 'error',
    datasource,
    count: 1,
    found,
    expected: 'an answer of its API',
    message: 'the last Refresh got no answer from the API of this source; the others are published',
    fix: `docs/failures.md says what to do for ${found}; the next night in which the API answers succeeds`,
  }));
}

const UNSET = ['secret-missing', 'api-settings-missing'];

/** What a run ends with that published without some sources; undefined if none is missing. */
export function incompleteFailure(
  stage: string,
  held: Readonly<Record<string, readonly string[]>>,
  undelivered: Undelivered,
  dryRun: boolean,
): Failure | undefined {
  const isHeld = Object.keys(held).length > 0;
  const codes = [...new Set(Object.values(undelivered))];
  if (!isHeld && codes.length === 0) return undefined;
  const heldNames = Object.entries(held).map(([id, reasons]) => `${id} (${reasons.join(', ')})`);
  const deadNames = Object.entries(undelivered).map(([id, code]) => `${id} (${code})`);
  const what = [
    ...(isHeld ? [`sources are held: ${heldNames.join('; ')}`] : []),
    ...(codes.length > 0 ? [`APIs gave nothing: ${deadNames.join('; ')}`] : []),
  ];
  const without = [...new Set([...Object.keys(held), ...Object.keys(undelivered)])].join(', ');
  const isTemporary = codes.every((code) => code === 'api-unreachable');
  const isUnset = codes.every((code) => UNSET.includes(code));
  return new Failure({
    stage,
    what: what.join('; '),
    consequence: dryRun
      ? 'nothing was changed, this was a dry run'
      : isHeld
        ? `everything else is published, without ${without}`
        : `everything that waited is published; nothing new came from ${without}`,
    fix: isHeld ? 'correct or replace what is named, then run again' : 'do what the findings say, then run again',
    ...(isHeld
      ? { class: 'input', code: 'source-held' }
      : {
          class: isTemporary ? 'remote-temporary' : isUnset ? 'config' : 'remote-permanent',
          code: 'source-undelivered',
        }),
  });
}
