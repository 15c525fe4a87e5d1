import { type Pointer, shownVersion } from '../layout/pointer';
import { compareVersions } from '../layout/version-name';

const VERSIONS_KEPT = 5;

/** Of versions that are somewhere, those that stay: the newest few, and whatever the pointer names. */
export function keptVersions(versions: Iterable<string>, pointer: Pointer): Set<string> {
  const newest = [...new Set(versions)].sort(compareVersions).slice(-VERSIONS_KEPT);
  return new Set([...newest, pointer.public.version, shownVersion(pointer).version]);
}
