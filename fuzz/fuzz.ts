import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { type Bounds, campaign, type Failing, type Tally } from './campaign';
import { makeCase, realExports } from './cases';

const HELP = `npm run fuzz [-- options]

exports: mutates the exports of examples/sm2 and answers of APIs byte by byte, reads them as validate-schema does, and holds
what it reports and what lands against the bytes, with other readers: nothing crashes, nothing hangs, no line is lost, no
number is invented.
documents: mutates pointer, manifests, reports and what is staged of a small warehouse, then verifies, heals, publishes and
asks for the status: nothing crashes, nothing hangs, no wrong number is published, nothing outside the warehouse changes.

  --of KIND     exports or documents (default: both, half of the time each)
  --minutes N   how long (default 10)
  --cases N     at most so many cases (default: no limit)
  --seed TEXT   the same seed makes the same cases (default 1)
  --case N      this case alone; its upload is kept
  --deadline S  seconds of processor time after which a case hangs (default 10); one that uses none hangs after 30 times as
                many by the clock
  --help

Uploads of failing cases are kept in build/fuzz/failing. Exit code 0 if there is none, 1 if there is one.
`;

/** The program `npm run fuzz`. */
export async function fuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      of: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      cases: { type: 'string', default: String(2 ** 31) },
      seed: { type: 'string', default: '1' },
      case: { type: 'string' },
      deadline: { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const kinds = values.of === undefined ? KINDS : KINDS.filter((kind) => kind === values.of);
  if (kinds.length === 0) throw new RangeError(`--of ${values.of} is neither exports nor documents`);
  const only = values.case === undefined ? undefined : positive('--case', values.case, 0);
  if (only !== undefined && kinds.length > 1) throw new RangeError('--case needs --of: both kinds have such a case');
  const bounds = {
    cases: only === undefined ? positive('--cases', values.cases) : 1,
    time: (positive('--minutes', values.minutes) * 60_000) / kinds.length,
    deadline: positive('--deadline', values.deadline) * 1000,
    patience: positive('--deadline', values.deadline) * 30_000,
  };
  let failed = 0;
  for (const kind of kinds) failed += await campaignOf(kind, values.seed, only, bounds);
  return failed === 0 ? 0 : 1;
}

const KINDS = ['exports', 'documents'] as const;
type Kind = (typeof KINDS)[number];
const WORKERS: Readonly<Record<Kind, string>> = { exports: 'worker.mjs', documents: 'documents-worker.mjs' };

/** Runs one campaign and tells what came of it; the number of failing cases. */
async function campaignOf(kind: Kind, seed: string, only: number | undefined, bounds: Bounds): Promise<number> {
  const started = performance.now();
  const told = (tally: Tally) => `${kind.padEnd(9)} ${line(tally, (performance.now() - started) / 1000)}`;
  const worker = new URL(WORKERS[kind], import.meta.url);
  const tally = await campaign(worker, { seed, from: only ?? 0 }, bounds, (so) => console.error(told(so)));
  console.log(told(tally));
  const kept = only === undefined ? tally.failing.map(({ number }) => number) : [only];
  // A document is made again from the small warehouse, which every campaign makes alike.
  if (kind === 'exports') await keep(seed, kept);
  for (const failing of tally.failing) console.log(describe(kind, seed, failing));
  return tally.failing.length;
}

function positive(option: string, text: string, least = Number.MIN_VALUE): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= least)) throw new RangeError(`${option} ${text} is no number of the kind`);
  return number;
}

function line({ cases, accepted, refused, landed, quarantined, failing }: Tally, seconds: number): string {
  const speed = (cases / seconds).toFixed(0);
  return (
    `${seconds.toFixed(0).padStart(5)} s  ${cases} cases (${speed}/s): ${accepted} accepted with ${landed} rows ` +
    `and ${quarantined} in quarantine, ${refused} refused, ${failing.length} failing`
  );
}

function describe(kind: Kind, seed: string, { number, faults, changes }: Failing): string {
  const again = `npm run fuzz -- --of ${kind} --seed ${seed} --case ${number}`;
  return [
    `\ncase ${number} (${changes.join(', ')})`,
    ...faults.slice(0, 5).map((words) => `  ${words}`),
    `  ${again}`,
  ].join('\n');
}

async function keep(seed: string, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  const exports = realExports(await loadConfiguration('seeds'));
  const folder = join('build', 'fuzz', 'failing');
  mkdirSync(folder, { recursive: true });
  for (const number of numbers) {
    const { name, bytes } = makeCase(seed, number, exports);
    const path = join(folder, `${number}-${name}`);
    writeFileSync(path, bytes);
    console.log(`case ${number}: ${path}`);
  }
}
