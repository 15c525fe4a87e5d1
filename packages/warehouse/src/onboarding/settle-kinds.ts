import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { DataKey } from '@sensor-warehouse/model/seeds/configuration';
import { IGNORE, type Unsettled } from './given';
import { evidenceOf, growsLikeCounter, isAmount, isDirection, isLevel, KINDS, type Kind } from './number-kinds';
import type { PlannedColumn } from './source-plan';

/** How a data_key is declared, or said to be: of a new one nothing may be known yet. */
export interface KeyFacts extends Partial<Pick<DataKey, 'unit' | 'quantity' | 'measurement'>> {
  /** Whether `--data-key` says it of this very source, and not a seed of all. */
  readonly isNew: boolean;
}

/** The kind of a column's numbers; undefined while it has to be asked. */
export type SettledKind = Kind | undefined;

const MODELS = 'docs/models.md has the model that';

/** The kinds that `--kind` gives, by label; invalid ones go to `mistakes`. */
export function kindsSaid(said: ReadonlyMap<string, string>, mistakes: string[]): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const [label, text] of said) {
    if ((KINDS as readonly string[]).includes(text)) kinds.set(label, text as Kind);
    else if (text !== IGNORE)
      mistakes.push(
        `--kind ${quoted(`${label}=${text}`)}: a kind is ${KINDS.join(', ')}, or ${IGNORE} to leave it out`,
      );
  }
  return kinds;
}

/**
 * Settles the kind of a mapped column's numbers, which decides whether they are summed. Asks if a mean or a sum may be
 * wrong: for amounts, for numbers that grow like a meter's, and for directions.
 */
export function settleKind(
  planned: PlannedColumn,
  look: SampleColumn,
  key: KeyFacts,
  said: Kind | undefined,
  { questions, mistakes }: Unsettled,
): SettledKind {
  const { label, dataKey } = planned;
  const unit = look.unit ?? key.unit;
  const { measurement } = key;
  if (said !== undefined) {
    if (measurement !== undefined && (said === 'interval') !== (measurement === 'additive'))
      mistakes.push(
        `--kind ${quoted(`${label}=${said}`)}: ${dataKey} is ${measurement}, and ${said === 'interval' ? 'amounts of intervals are summed' : `numbers of the kind ${said} have no sum`}; map it to another data_key`,
      );
    return said;
  }
  const ask = (text: string, choices: readonly Kind[]) => {
    questions.push({ flag: 'kind', prefix: `${label}=`, text, choices: [...choices, IGNORE] });
    return undefined;
  };
  if (isDirection(look, unit))
    return ask(
      `${quoted(label)} may be directions, and an angle has no mean: 350° and 10° would give 180°. ${IGNORE} leaves it out; level still takes the mean. ${MODELS} splits directions into components`,
      ['level'],
    );
  const amount = isAmount({ label: `${look.heading} ${dataKey} ${key.quantity ?? ''}` }, unit);
  const isCounter = !isLevel(unit) && growsLikeCounter(look, amount);
  if (isCounter)
    return ask(`${quoted(label)}: ${evidenceOf(look, true)}. ${MEANINGS}`, ['counter', 'interval', 'level']);
  if (!amount) return measurement === 'additive' ? 'interval' : 'level';
  if (measurement === 'additive' || (key.isNew && measurement !== undefined))
    return measurement === 'additive' ? 'interval' : 'level';
  const likely: readonly Kind[] = ['interval', 'counter', 'level'];
  return ask(`${quoted(label)} adds up, or is the reading of a meter: ${evidenceOf(look, false)}. ${MEANINGS}`, likely);
}

const MEANINGS = `interval: each row is the amount since the row before, and hours are sums; counter: readings of a meter, whose hours are means, and a sum means nothing (${MODELS} takes their differences); level: what there was at that moment, and hours are means`;
