import type { FileCounts } from '@sensor-warehouse/intake/report/report';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes, sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { IngestedFile } from '../run/ingested-file';

/*
 * What was refused stays in its upload folder, and would be read again each night. The verdict on it follows from its bytes,
 * its name, the contract of its source and the program: while these are the same it stands, and only what was found is reported
 * again. Verdicts that depend on anything else, such as the clock, are not kept.
 */

/** The verdict on one refused upload. */
export interface Refusal {
  readonly datasource: string;
  /** The upload's name as it came. */
  readonly file: string;
  readonly sha256: string;
  /** What it was read by (see rulesDigest). */
  readonly rules: string;
  readonly counts: FileCounts;
  readonly findings: readonly Finding[];
  /** Whether it holds its source. */
  readonly holds: boolean;
}

/** Whether a verdict is about this upload: of one name, because a name may say the sensor, and of the same bytes. */
export function isAbout(refusal: Refusal, { datasource, name, sha256 }: IngestedFile): boolean {
  return refusal.datasource === datasource && refusal.file === name && refusal.sha256 === sha256;
}

/**
 * Names everything besides an upload's bytes and name that the verdict on it follows from: the contract of its source, the
 * program, and what Node brings with it, such as the rules of time zones.
 */
export async function verdictDigest(datasource: Datasource, program: string): Promise<string> {
  const { node, icu, tz, unicode } = process.versions;
  const contract = JSON.stringify(datasource, (_, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value instanceof Set ? { set: [...value] } : value,
  );
  return sha256OfBytes([await programDigest(program), node, icu, tz, unicode, contract].join('\n'));
}

const digests = new Map<string, Promise<string>>();

function programDigest(program: string): Promise<string> {
  const known = digests.get(program) ?? sha256OfFile(program);
  digests.set(program, known);
  return known;
}
