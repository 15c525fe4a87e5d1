import type { FactsManifest } from '../layout/facts-manifest';
import { requireConservation } from '../run/law';

/**
 * Every fact must belong to a source that the manifest names, because a publication takes facts source by source.
 * @param facts rows of the file of facts
 * @param sources those of the manifest; undefined if nothing is handed over
 * @returns the equation
 * @throws Failure (bug) otherwise
 */
export function requireEveryFactNamed(facts: number, sources: FactsManifest['sources']): string {
  const named = sources.reduce((total, one) => total + one.facts, 0);
  const equation = `facts ${facts} = facts of the sources handed over ${named}`;
  requireConservation('publish-facts', { equation, left: facts, right: named });
  return equation;
}
