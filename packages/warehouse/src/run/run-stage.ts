import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, withoutSecretsIn } from '@sensor-warehouse/model/findings/finding';
import type { Context } from './context';
import { type HandOver, readHandOver, writeHandOver } from './hand-over';
import { type Laws, requireConservation } from './law';
import { recordStage, type StageRecord } from './run-record';

/** A stage as a shell runs it: its function, and the documents of its input and output. */
export interface Stage<Input, Output> {
  readonly name: string;
  readonly reads: HandOversOf<Input>;
  /** The documents that later stages need; the rest of the output is only for the shell. */
  readonly writes: Partial<HandOversOf<Output>>;
  readonly run: (context: Context, input: Input) => Promise<StageOutcome<Output>>;
}

type HandOversOf<Documents> = { readonly [Name in keyof Documents]: HandOver<Documents[Name]> };

/** Input of a stage that follows no other. */
export type NoInput = Readonly<Record<never, never>>;

/** For a stage that changes the warehouse: it checks its law first, because others may read the result at once. */
export interface HeldBefore {
  /** The law with its numbers; where nothing was made, what there is. */
  readonly heldBefore: string;
}

/** The result of a stage. */
export interface StageOutcome<Output> {
  readonly output: Output;
  readonly counts: Pick<StageRecord, 'files' | 'in' | 'out' | 'quarantined' | 'repeated'>;
  /** Checked before anything of the stage is left for those after it, and before it is recorded. */
  readonly laws: Laws | HeldBefore;
  readonly findings: readonly Finding[];
  /** Only transform has it. */
  readonly dbtSeconds?: number;
  /** The failure with which the run ends, although the stage did all it could. */
  readonly failure?: Failure | undefined;
}

/** The result of a stage that ran on a given input. */
export interface CarriedOut<Output> {
  readonly output: Output;
  readonly record: StageRecord;
}

/**
 * Runs a stage in a work folder: reads what the stages before it left, leaves what those after it need, and appends what it
 * did to `run.json`.
 * @throws Failure (config) if a stage before it did not run
 * @throws Failure (bug) if one of its laws does not hold; what the stage throws
 */
export async function runStage<Input, Output>(stage: Stage<Input, Output>, context: Context): Promise<Output> {
  const { work } = context;
  const input = await readInput(stage, work);
  const { output, record, failure } = await timed(stage.name, () => stage.run(context, input));
  for (const name in stage.writes) await writeHandOver(work, stage.writes[name]!, output[name]);
  await recordStage(work, record);
  if (failure !== undefined) throw failure;
  return output;
}

/** Runs a stage on a given input, without reading or writing documents. */
export async function carryOut<Input, Output>(
  stage: Stage<Input, Output>,
  context: Context,
  input: Input,
): Promise<CarriedOut<Output>> {
  const { output, record, failure } = await timed(stage.name, () => stage.run(context, input));
  if (failure !== undefined) throw failure;
  return { output, record };
}

/** Does the work of a stage on behalf of a command that has no such stage, and appends it to `run.json`. */
export async function recorded<Output>(
  work: string,
  stage: string,
  run: () => Promise<StageOutcome<Output>>,
): Promise<Output> {
  const { output, record } = await timed(stage, run);
  await recordStage(work, record);
  return output;
}

async function readInput<Input, Output>({ name, reads }: Stage<Input, Output>, work: string): Promise<Input> {
  const input: Partial<Input> = {};
  for (const document in reads) input[document] = await readHandOver(work, reads[document], name);
  return input as Input;
}

function equationThatHolds(stage: string, laws: Laws | HeldBefore): string {
  if ('heldBefore' in laws) return laws.heldBefore;
  for (const law of laws) requireConservation(stage, law);
  return laws.at(-1)!.equation;
}

async function timed<Output>(
  stage: string,
  run: () => Promise<StageOutcome<Output>>,
): Promise<CarriedOut<Output> & Pick<StageOutcome<Output>, 'failure'>> {
  const started = Date.now();
  const { output, counts, laws, dbtSeconds, failure, ...told } = await run();
  const equation = equationThatHolds(stage, laws);
  const { files, in: taken, out, quarantined, repeated } = counts;
  // A record is shown as it is, even without a document in between.
  const findings = told.findings.map(withoutSecretsIn);
  const seconds = (Date.now() - started) / 1000;
  const times = dbtSeconds === undefined ? { seconds } : { seconds, dbtSeconds };
  return {
    output,
    record: { stage, files, in: taken, out, quarantined, repeated, ...times, equation, findings },
    failure,
  };
}
