import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { changesOf } from './mutations';
import { type Random, randomOf } from './random';

/** A real export, and the source whose contract it keeps. */
export interface RealExport {
  readonly name: string;
  readonly bytes: Buffer;
  readonly datasource: Datasource;
}

/** A mutated export as it would be uploaded. */
export interface Case {
  readonly number: number;
  readonly name: string;
  readonly datasource: Datasource;
  /** What is uploaded. */
  readonly bytes: Buffer;
  /** The table in it; undefined where the archive around it was damaged. */
  readonly text: Buffer | undefined;
  readonly changes: readonly string[];
}

/** What this project has of real exports and of recorded answers of APIs, switched on or not. */
export function realExports({ datasources, disabled }: Configuration): RealExport[] {
  return [...datasources, ...disabled].flatMap((datasource) =>
    datasource.type === 'api' ? [recordedAnswer(datasource)] : uploadsOf(datasource),
  );
}

/** In the upload folder of the examples that the last part of the source's location names. */
function uploadsOf(datasource: Datasource): RealExport[] {
  const { location } = datasource;
  const uploads = join('examples', 'sm2', location.slice(location.indexOf(':') + 1));
  return readdirSync(uploads)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(uploads, name)), datasource }));
}

function recordedAnswer(datasource: Datasource): RealExport {
  const name = `${datasource.id}.json`;
  return { name, bytes: readFileSync(join('test', 'api', 'answers', name)), datasource };
}

/** The case of that number; the same for the same seed and exports, whatever ran before it. */
export function makeCase(seed: string, number: number, exports: readonly RealExport[]): Case {
  const random = randomOf(`${seed}/${number}`);
  const chosen = exports[random(exports.length)]!;
  const whole = beginning(chosen.bytes, random);
  const other = beginning(exports[random(exports.length)]!.bytes, random);
  const changes = changesOf(whole, other, random);
  const text = changes.at(-1)?.bytes ?? whole;
  const said = changes.map(({ name }) => name);
  // With room for rejected rows, rows are quarantined; without, as the seeds ship, their files are refused.
  const datasource = random(2) === 0 ? chosen.datasource : { ...chosen.datasource, rejectLimit: 1000 };
  const { name } = chosen;
  const packed = random(20);
  if (packed > 1) return { number, name, datasource, bytes: text, text, changes: said };
  const archive = gzipSync(text, { level: 1 });
  const named = { number, name: `${name}.gz`, datasource };
  if (packed === 0) return { ...named, bytes: archive, text, changes: [...said, 'gzip'] };
  const damaged = changesOf(archive, other, random);
  const bytes = damaged.at(-1)?.bytes ?? archive;
  return { ...named, bytes, text: undefined, changes: [...said, 'gzip', ...damaged.map((change) => change.name)] };
}

/** Mostly some dozens of lines, so that many cases fit in a second; one in fifty is the whole export. */
function beginning(bytes: Buffer, random: Random): Buffer {
  if (random(50) === 0) return bytes;
  let end = 0;
  for (let lines = 3 + random(90); lines > 0; lines--) end = bytes.indexOf(0x0a, end) + 1 || bytes.length;
  return bytes.subarray(0, end);
}
