import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { keepRefusals } from '../quarantine/stored-refusals';
import type { Context } from '../run/context';
import type { Stage, StageOutcome } from '../run/run-stage';
import { TRANSFORMED, type Transformed } from '../transform/transformed';
import { VALIDATED, type Validated, type ValidatedFile } from '../validate-schema/validated';
import { requireEveryFactNamed } from './conserve';
import { handOverQuarantine, reportUnmapped } from './hand-over-quarantine';
import { makeManifest } from './make-manifest';
import { removeUploads } from './remove-uploads';
import { readStanding } from './standing';
import { nextNumber, writeGeneration } from './write-generation';

/** Checked and transformed data to hand over. */
export interface ToHandOver {
  readonly validated: Validated;
  readonly transformed: Transformed;
}

export interface HandedOver {
  /** The generation that was written; undefined when there was nothing to hand over. */
  readonly generation: string | undefined;
  readonly facts: number;
  /** Datasource → refused uploads. */
  readonly held: Readonly<Record<string, readonly string[]>>;
}

/**
 * Hands the run's facts over: quarantine, raw copies, facts, and the manifest last; then the uploads it came from
 * leave the upload folders. A crash anywhere before the manifest loses nothing: the uploads are still there, and the
 * next run writes the same generation again.
 *
 * @returns a failure (input) if uploads were refused, nothing can be handed over, and nothing waits to be published
 * @throws Failure (remote-temporary) if another run hands over at the same time
 */
async function publishFacts(
  context: Context,
  { validated, transformed }: ToHandOver,
): Promise<StageOutcome<HandedOver>> {
  const { dryRun } = context;
  const accepted = validated.files.filter((file) => file.verdict === 'accepted');
  const facts = transformed.facts.rows;
  // Before anything can fail that follows from it, so that a person finds it.
  if (!dryRun) {
    await handOverQuarantine(context);
    await keepRefusals(context, validated.refusals, notLookedAt(validated));
  }

  const standing = accepted.length === 0 ? await readStanding(context, validated) : undefined;
  const manifest =
    standing === undefined || standing.changed
      ? makeManifest(context.configuration, validated, transformed, await nextNumber(context.warehouse))
      : undefined;
  const generation = manifest?.generation;
  // Checked here, not after the stage like other laws: once it is in the warehouse, the next run may publish it.
  const equation = requireEveryFactNamed(facts, manifest?.sources ?? []);
  if (manifest !== undefined) {
    if (dryRun) context.say(`publish-facts: would write facts/${generation} with ${manifest.facts.rows} facts`);
    else {
      await reportUnmapped(context, manifest, transformed);
      await writeGeneration(context, manifest, accepted, transformed);
    }
  }
  const findings = dryRun ? [] : await removeUploads(context, [...accepted, ...validated.seen]);

  const refused = validated.files.filter((file) => file.verdict === 'refused');
  const idle = generation === undefined && standing?.free.length === 0;
  const isRed = idle && refused.length + validated.untaken.length > 0;
  return {
    output: { generation, facts, held: validated.held },
    counts: { files: accepted.length, in: facts, out: facts, quarantined: 0, repeated: 0 },
    laws: { heldBefore: equation },
    findings,
    failure: isRed ? nothingToHandOver(validated, refused) : undefined,
  };
}

export const publishFactsStage: Stage<ToHandOver, HandedOver> = {
  name: 'publish-facts',
  reads: { validated: VALIDATED, transformed: TRANSFORMED },
  writes: {},
  run: publishFacts,
};

/** Sources whose uploads may be where nobody looked. */
function notLookedAt({ absent, untaken }: Validated): ReadonlySet<string> {
  return new Set([...absent, ...untaken.flatMap(({ datasource }) => datasource ?? [])]);
}

function nothingToHandOver(validated: Validated, refused: readonly ValidatedFile[]): Failure {
  const { findings, untaken } = validated;
  const errors = [...untaken, ...findings.filter((finding) => finding.severity === 'error')];
  const where = refused[0]?.name ?? untaken[0]?.file ?? untaken[0]?.datasource;
  return new Failure({
    stage: 'publish-facts',
    what: `${refused.length} uploads were refused${untaken.length > 0 ? `, ${untaken.length} could not be taken,` : ''} and there is nothing else to hand over`,
    ...(where === undefined ? {} : { where: printable(where) }),
    ...(errors[0]?.found === undefined ? {} : { found: errors[0].found }),
    ...(errors[0]?.expected === undefined ? {} : { expected: errors[0].expected }),
    fix: errors[0]?.fix ?? 'read the report in the quarantine',
    class: 'input',
    code: errors[0]?.code ?? 'refused',
    findings: errors,
  });
}
