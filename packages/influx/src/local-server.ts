import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childFailure, refusalAtEnd } from '@sensor-warehouse/model/findings/child-failure';
import { causeChain, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { failureOf } from '@sensor-warehouse/model/findings/io-failure';
import { findOnPath, isProgram } from '@sensor-warehouse/model/processes/path-search';
import { makeScratch } from '@sensor-warehouse/model/scratch-folder';
import { childEnvironment } from '@sensor-warehouse/model/secrets/child-environment';
import { type ConnectedServer, connect } from './connect';
import { PATIENCE, type Patience, request } from './patience';
import { openConnection } from './transport';

/** A server that is ours alone. */
export interface LocalServer {
  readonly server: ConnectedServer;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

const ORG = 'sensor-warehouse';

// Measured with two months of readings: larger caches mean fewer, larger files. A delay before the disk is waited for, as for
// slow disks, would make every batch wait that long: 140 000 instead of 620 000 points a second with one second.
const TUNING = [
  '--storage-cache-snapshot-memory-size=268435456',
  '--storage-cache-max-memory-size=2147483648',
  '--storage-write-timeout=60s',
];

/** The program between us and the server. */
const KEEPER = new URL('./keeper.mjs', import.meta.url);
/** Where ncc puts a file beside its bundle it gives a path in place of the URL. */
const pathOf = (file: URL | string) => (typeof file === 'string' ? file : fileURLToPath(file));

/**
 * Starts `influxd` on a free port of the loopback interface, in a temporary folder, with a token that nobody else knows.
 * @param program path of influxd; from PATH unless given
 * @throws Failure (config) if there is none or it does not start
 */
export async function startLocalServer(
  program?: string,
  patience: Patience = PATIENCE,
  say?: (line: string) => void,
): Promise<LocalServer> {
  const influxd = program ?? (await findInfluxd());
  const folder = await makeScratch('influxd');
  await mkdir(join(folder, 'engine'));
  const port = await freePort();
  const options = [
    `--http-bind-address=127.0.0.1:${port}`,
    `--engine-path=${join(folder, 'engine')}`,
    `--bolt-path=${join(folder, 'influxd.bolt')}`,
    `--sqlite-path=${join(folder, 'influxd.sqlite')}`,
    ...['--store=memory', '--reporting-disabled', '--ui-disabled', '--no-tasks', '--log-level=error'],
    ...TUNING,
  ];
  const keeper = spawn(process.execPath, [pathOf(KEEPER), influxd, folder, ...options], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: childEnvironment(),
    // Ctrl-C goes only to us: the server is needed until we have ended.
    detached: true,
  });
  const ended = endOf(keeper);
  const stop = async () => {
    // Waiting for its end is something to do.
    keeper.ref();
    keeper.stdin?.end();
    await ended;
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    const gaveUp = ended.then((said) => {
      throw notStarted(influxd, said);
    });
    const server = await Promise.race([setUp(url, patience, say), gaveUp]);
    gaveUp.catch(() => {});
    let gone: Failure | undefined;
    void ended.then((said) => {
      gone = endedEarly(influxd, said);
    });
    // A process that has nothing else to do may end.
    keeper.unref();
    return { server: { ...server, gone: () => gone }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function setUp(url: string, patience: Patience, say?: (line: string) => void): Promise<ConnectedServer> {
  const token = randomBytes(24).toString('hex');
  const body = { username: ORG, password: randomBytes(24).toString('hex'), org: ORG, bucket: 'unused', token };
  const asked = { method: 'POST', path: '/api/v2/setup', body } as const;
  await request(openConnection({ url, org: ORG, token }), 'setting up the server', [201], asked, patience);
  return connect({ url, org: ORG, token, ...(say === undefined ? {} : { say }) }, patience);
}

/** Its last output. */
function endOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stdin?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(causeChain(error)));
    child.on('close', () => resolve(said));
  });
}

/** INFLUXD, or the first `influxd` on PATH. */
async function findInfluxd(): Promise<string> {
  const { INFLUXD: named } = process.env;
  const found = named && (await isProgram(named)) ? named : await findOnPath('influxd');
  if (found !== undefined) return found;
  throw new Failure({
    stage: 'influx-aggregate',
    what: 'InfluxDB is missing: no address was given, and influxd is not on PATH',
    fix: 'install InfluxDB 2 or give the address of a server; the engine embedded needs none',
    class: 'config',
    code: 'influxd-missing',
  });
}

/** The failure if the system refused it something or killed it, from its last log lines and its signal or exit code. */
function refusedServer(influxd: string, said: string): Failure | undefined {
  const lines = said.trim().split('\n');
  const signal = lines.at(-1)?.startsWith('SIG') ? (lines.at(-1) as NodeJS.Signals) : null;
  const doing = { stage: 'influx-aggregate', where: influxd };
  for (const line of lines.slice(-5)) {
    const refused = refusalAtEnd(line.replace(/["\s]+$/, ''));
    if (refused !== undefined) return failureOf(refused, `influxd: ${line}`, doing, tmpdir());
  }
  return childFailure('influxd', { exit: signal === null ? 1 : null, signal, said: '' }, doing);
}

function endedEarly(influxd: string, said: string): Failure {
  return (
    refusedServer(influxd, said) ??
    new Failure({
      stage: 'influx-aggregate',
      what: 'influxd ended during the run',
      where: printable(influxd),
      found: printable(said.trim() || 'it ended'),
      fix: 'run it again; if it happens again, use the engine embedded',
      class: 'remote-temporary',
      code: 'program-ended',
    })
  );
}

function notStarted(influxd: string, said: string): Failure {
  const refused = refusedServer(influxd, said);
  if (refused !== undefined) return refused;
  return new Failure({
    stage: 'influx-aggregate',
    what: 'influxd does not start',
    where: printable(influxd),
    found: printable(said.trim() || 'it ended'),
    expected: 'a server that answers',
    fix: 'start it by hand and read what it prints, or use the engine embedded',
    class: 'config',
    code: 'influxd-start',
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
