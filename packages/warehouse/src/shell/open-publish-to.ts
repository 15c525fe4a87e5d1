import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { type Location, localLocation, overlap } from '@sensor-warehouse/storage/location';
import type { LocatedRemotes } from '@sensor-warehouse/storage/remotes';
import type { Store } from '@sensor-warehouse/storage/store';

/** Places of a run that are not for readers. */
export interface Private {
  readonly configuration: Configuration;
  readonly remotes: LocatedRemotes;
  readonly project: string;
  readonly work: string;
  readonly warehouse: string | undefined;
}

/**
 * Opens the second place for readers. What lies there is served to the world, and what no version has any longer is removed.
 * @throws Failure (config) if it is, holds, or is inside a folder that others need for something else
 */
export async function openPublishTo(address: string, around: Private): Promise<Store> {
  const { remotes, configuration, project, work, warehouse } = around;
  const place = await remotes.locate(address);
  const located = async (folder: string) => remotes.locate(folder).catch(unlessUnbound);
  if (warehouse !== undefined) forbid(address, place, await located(warehouse), 'the warehouse');
  for (const { id, type, location } of configuration.datasources)
    if (type !== 'api') forbid(address, place, await located(location), `the upload folder of ${id}`);
  forbid(address, place, await localLocation(work), 'the work folder');
  // A folder of the project may be one for readers: a workflow makes a page of it.
  const root = await localLocation(project);
  if (place.parts.length <= root.parts.length) forbid(address, place, root, 'the project');
  for (const own of ['seeds', 'models', 'macros'])
    forbid(address, place, await localLocation(`${project}/${own}`), `the folder ${own}/ of the project`);
  return remotes.open(address);
}

function forbid(address: string, place: Location, other: Location | undefined, what: string): void {
  if (other === undefined || !overlap(place, other)) return;
  const how =
    place.parts.length > other.parts.length ? 'is in' : place.parts.length < other.parts.length ? 'holds' : 'is';
  throw new Failure({
    stage: 'publish-to',
    what: `the place for readers ${how} ${what}`,
    found: quoted(address),
    expected:
      'a folder that neither holds nor is in the warehouse, an upload folder, the work folder or the project’s own',
    consequence: 'nothing was done',
    fix: 'give publish-to a folder that is for readers alone',
    class: 'config',
    code: 'publish-to-overlaps',
  });
}

/** A remote that is not bound here is none of those that the place can be in. */
function unlessUnbound(error: unknown): undefined {
  if (error instanceof Failure && error.details.code === 'remote-config') return undefined;
  throw error;
}
