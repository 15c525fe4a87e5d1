import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import { isConsumed } from '../layout/consumption';
import { withNames } from '../layout/generations';
import { readWaiting } from '../layout/pending';
import { type Pointer, readPointer, type Settlement } from '../layout/pointer';
import { movePointer } from '../publish-parquet/move-pointer';
import { repairStableCopies } from '../publish-parquet/stable-copies';
import type { Publishing } from '../run/context';
import type { ProvideDbt } from '../transform/run-dbt';

/** A person's decision about waiting facts. */
export interface Decision {
  readonly datasource: string;
  readonly verdict: Settlement['verdict'];
  readonly reason: string;
  /** Number of the one generation that is meant; all that wait if none is given. */
  readonly generation?: number;
}

export interface SettledFacts {
  readonly settlements: readonly Settlement[];
  /** Facts that they are about. */
  readonly facts: number;
}

/**
 * Records in the pointer what is to be done with facts of a source that wait: the next publication takes them as they
 * are, or skips them forever. A later decision replaces an earlier one, as long as no publication did so.
 * @throws Failure (config) if there is no such source, no reason, or nothing of the source waits
 */
export async function settle(context: Publishing, decision: Decision, provideDbt: ProvideDbt): Promise<SettledFacts> {
  const { datasource, verdict, generation } = decision;
  const reason = printable(decision.reason.trim());
  requireDecision(context.configuration, datasource, reason);
  const { pointer, text } = await readPointer(context.warehouse);
  const { manifests, numbering } = await readWaiting(context, pointer);
  const open = manifests.flatMap(({ number, generation: name, sources }) =>
    sources
      .filter((one) => one.datasource === datasource && !isConsumed(number, pointer, datasource))
      .filter(({ held, facts }) => held || facts > 0)
      .map(({ facts }) => ({ number, name, facts })),
  );
  const meant = open.filter(({ number }) => generation === undefined || number === generation);
  if (meant.length === 0) throw nothingToSettle(datasource, open);
  const settlements = meant.map(
    ({ number, name }): Settlement => ({
      datasource,
      generation: number,
      name,
      verdict,
      reason,
    }),
  );
  const facts = meant.reduce((total, one) => total + one.facts, 0);
  context.say(
    `${context.dryRun ? 'would settle' : 'settles'} ${datasource} ${meant.map((one) => one.number).join(', ')}: ${verdict}, ${facts} facts`,
  );
  if (!context.dryRun) {
    const next: Pointer = {
      ...pointer,
      generation: pointer.generation + 1,
      settled: withSettlements(pointer, settlements),
      ...withNames(
        pointer,
        numbering.renumbered,
        meant.map(({ name }) => name),
      ),
    };
    const moved = await movePointer(context, next, text);
    await repairStableCopies(context, moved, levelsBuilder(provideDbt));
  }
  return { settlements, facts };
}

function withSettlements({ settled }: Pointer, news: readonly Settlement[]): Settlement[] {
  const isReplaced = (old: Settlement) =>
    news.some((one) => one.datasource === old.datasource && one.generation === old.generation);
  return [...settled.filter((one) => !isReplaced(one)), ...news].sort(
    (a, b) => compareText(a.datasource, b.datasource) || a.generation - b.generation,
  );
}

function requireDecision(configuration: Configuration, datasource: string, reason: string): void {
  const known = configuration.datasources.map(({ id }) => id);
  if (known.includes(datasource) && reason !== '') return;
  throw new Failure({
    stage: 'settle',
    what: reason === '' ? 'the reason is missing' : `unknown source ${quoted(datasource)}`,
    expected: reason === '' ? 'a sentence for people who ask later' : known.join(' or '),
    consequence: 'nothing was changed',
    fix: reason === '' ? 'give the reason with --reason' : 'name a source of seeds/datasources_config.csv',
    class: 'config',
    code: 'settle-what',
  });
}

function nothingToSettle(datasource: string, open: readonly { readonly number: number }[]): Failure {
  return new Failure({
    stage: 'settle',
    what: `${datasource} has nothing waiting that could be settled`,
    found: open.length === 0 ? 'no waiting facts' : `generations ${open.map(({ number }) => number).join(', ')}`,
    consequence: 'nothing was changed',
    fix: 'see `warehouse status` for what waits',
    class: 'config',
    code: 'settle-nothing',
  });
}
