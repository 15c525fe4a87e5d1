import { withoutSecretsInTexts } from '../secrets/secrets';
import type { FAILURES, FailureCode } from './failure-codes';
import { type Finding, withoutSecretsIn } from './finding';
import type { FindingCode } from './finding-codes';

/** Who has to act: the person who exports, the one who configures, time, the owner of the remote, or us. */
export type FailureClass = 'input' | 'config' | 'remote-temporary' | 'remote-permanent' | 'bug';

/** Exit codes of the command line, one for each class; 0 is success. */
export const EXIT_CODES: Readonly<Record<FailureClass, number>> = {
  input: 2,
  config: 3,
  'remote-temporary': 4,
  'remote-permanent': 5,
  bug: 70,
};

interface FailureTexts {
  readonly stage: string;
  readonly what: string;
  /** `file`, `file:line` or `file:line:column`. */
  readonly where?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly consequence?: string;
  readonly fix: string;
  readonly findings?: readonly Finding[];
  readonly cause?: unknown;
}

/** A code with the class that it can have. A failure that is about data has the code of its first finding. */
export type Ending =
  | {
      readonly [Code in FailureCode]: {
        readonly code: Code;
        readonly class: (typeof FAILURES)[Code]['classes'][number];
      };
    }[FailureCode]
  | { readonly code: FindingCode; readonly class: 'input' | 'config' };

export type FailureDetails = FailureTexts & Ending;

/** The one error that stages throw on purpose; anything else that reaches the surface is a bug. */
export class Failure extends Error {
  readonly details: FailureDetails;

  constructor(given: FailureDetails) {
    const details = shown(given);
    super(failureLine(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.details = details;
  }
}

/** A failure is printed, summarised and kept: none of its texts holds a secret. */
function shown(details: FailureDetails): FailureDetails {
  const { findings } = details;
  return {
    ...withoutSecretsInTexts(details),
    ...(findings === undefined ? {} : { findings: findings.map(withoutSecretsIn) }),
  };
}

/** One line: `stage: what at where; found X, expected Y; consequence; fix: …; class=… code=…`. */
function failureLine(details: FailureDetails): string {
  const where = details.where ? ` at ${details.where}` : '';
  const evidence = [
    details.found === undefined ? '' : `found ${details.found}`,
    details.expected === undefined ? '' : `expected ${details.expected}`,
  ].filter(Boolean);
  const parts = [
    `${details.stage}: ${details.what}${where}`,
    evidence.join(', '),
    details.consequence ?? 'nothing was published',
    `fix: ${details.fix}`,
    `class=${details.class} code=${details.code}`,
  ];
  return parts.filter(Boolean).join('; ');
}

/** `fetch failed: connect ECONNREFUSED …`: Node hides the reason in `cause`. */
export function causeChain(thrown: unknown): string {
  const texts: string[] = [];
  for (let at: unknown = thrown; at !== undefined && at !== null && texts.length < 8; ) {
    texts.push(at instanceof Error ? at.message : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return texts.join(': ');
}
