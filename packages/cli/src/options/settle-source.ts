import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { visible } from '@sensor-warehouse/model/findings/finding';
import { type Given, optionOf, type Question, withAnswer } from '@sensor-warehouse/warehouse/onboarding/given';
import type { Settled } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import type { SourcePlan } from '@sensor-warehouse/warehouse/onboarding/source-plan';
import type { Asking } from '../terminal/ask';
import type { Command } from '../terminal/command';
import { usage } from '../terminal/usage';

/** The look of the samples, and what is settled about their source with the answers so far. */
export type Settle = (given: Given) => Settled & { readonly look: SampleLook };

export interface SettledSource {
  readonly look: SampleLook;
  readonly plan: SourcePlan;
}

/** Asks a person question by question until nothing is open. An answer that cannot be is asked for again. */
export async function askUntilSettled(
  given: Given,
  settle: Settle,
  asking: Asking,
  command: Command,
): Promise<SettledSource> {
  let said = given;
  let now = settle(said);
  if (now.mistakes.length > 0) throw usage(now.mistakes.join('; '), command);
  while (now.plan === undefined) {
    const question = now.questions[0]!;
    const next = withAnswer(said, question, await asking.ask(question));
    const { settled, wrong } = settleAnswer(settle, next);
    if (settled === undefined) {
      asking.tell(wrong);
      continue;
    }
    said = next;
    now = settled;
  }
  return { look: now.look, plan: now.plan };
}

function settleAnswer(
  settle: Settle,
  given: Given,
): { readonly settled: ReturnType<Settle> | undefined; readonly wrong: string } {
  try {
    const settled = settle(given);
    const wrong = settled.mistakes.join('; ');
    return { settled: wrong === '' ? settled : undefined, wrong };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { settled: undefined, wrong: error.details.what };
  }
}

/**
 * Settles without a person: with `takes`, proposals are accepted.
 * @throws Failure (config) that lists all missing answers, each with its proposal or choices
 */
export function settleByProposals(given: Given, settle: Settle, takes: boolean, command: Command): SettledSource {
  const proposed: Question[] = [];
  const missing: Question[] = [];
  for (let said = given; ; ) {
    const { look, plan, questions, mistakes } = settle(said);
    // Assumed answers may contradict given ones.
    if (mistakes.length > 0 && missing.length > 0) break;
    if (mistakes.length > 0) throw usage(mistakes.join('; '), command);
    if (plan !== undefined && missing.length === 0 && (takes || proposed.length === 0)) return { look, plan };
    for (const one of questions) if (one.proposal === undefined && !isAmong(missing, one)) missing.push(one);
    // Assume the proposal or the likeliest choice, to find the questions that follow.
    const next = questions.filter(({ proposal, choices }) => proposal !== undefined || choices !== undefined);
    if (next.length === 0) break;
    proposed.push(...next.filter(({ proposal }) => proposal !== undefined));
    said = next.reduce((all, one) => withAnswer(all, one, one.proposal ?? one.choices![0]!), said);
  }
  const open = takes ? missing : [...missing, ...proposed];
  throw usage(
    `the sample does not show everything; these options are missing:\n${open.map(missingLine).join('\n')}\n`,
    command,
  );
}

function isAmong(questions: readonly Question[], { flag, prefix }: Question): boolean {
  return questions.some((one) => one.flag === flag && one.prefix === prefix);
}

/** An option to give: with what is proposed, or what is possible. */
function missingLine(question: Question): string {
  const { text, proposal, choices } = question;
  const { flag, value } = optionOf(question, proposal ?? '');
  const possible = choices === undefined ? '' : `; possible: ${choices.map(visible).join('  ')}`;
  return `  --${flag}${value === '' ? '' : ` '${visible(value).replaceAll("'", "'\\''")}'`}  ${visible(text)}${possible}${proposal === undefined ? '' : '; proposed'}`;
}
