import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import { unknownOrganisation } from './failures';
import { Again, failureOfReply, isListOf, jsonOf, PATIENCE, type Patience, persist, requireLasting } from './patience';
import { ask, type Connection, openConnection, type Reply } from './transport';

/** A server's address and our credentials there. */
export interface ServerAddress {
  readonly url: string;
  readonly org: string;
  readonly token: string;
  /** One line of progress, while an answer is waited for. */
  readonly say?: ((line: string) => void) | undefined;
}

const OLDEST = [2, 7] as const;

/** A server that answers, of a version that we know, with a token and organisation that it knows. */
export interface ConnectedServer extends Connection {
  readonly orgId: string;
  /** As the server writes it, such as `v2.7.12`. */
  readonly version: string;
}

/**
 * Waits until the server is ready: it may refuse connections or answer 503 while it starts. Then looks whether it is one
 * that we can use.
 * @throws Failure (config) that names the version, the token or the organisation; (remote-temporary) at the deadline
 */
export async function connect(address: ServerAddress, patience: Patience = PATIENCE): Promise<ConnectedServer> {
  const connection = openConnection({
    ...address,
    url: requireUrl(address.url),
    token: requireToken(address),
  });
  const what = 'waiting for the server';
  const health = await persist(connection, what, patience, async (left) => {
    const reply = await ask(connection, { method: 'GET', path: '/health', within: Math.min(left, 10_000) });
    if (reply.status !== 404 && reply.status !== 401) requireLasting(reply);
    if (reply.status === 200 && /"status"\s*:\s*"(fail|starting)"/.test(reply.body)) throw new Again('it is starting');
    return reply;
  });
  const version = requireVersion(connection, versionIn(health) ?? (await versionHeader(connection, patience)));
  const path = `/api/v2/orgs?${new URLSearchParams({ org: address.org })}`;
  const lookingUp = 'looking up the organisation';
  const reply = await persist(connection, lookingUp, patience, async (left) => {
    const answer = await ask(connection, { method: 'GET', path, within: left });
    requireLasting(answer);
    return answer;
  });
  if (reply.status === 404) throw unknownOrganisation(connection, printable(reply.body));
  if (reply.status !== 200) throw failureOfReply(connection, lookingUp, reply);
  const { orgs = [] } = jsonOf<OrganisationsReply>(connection, lookingUp, reply, (answer) =>
    isListOf(answer.orgs, 'id', 'name'),
  );
  const own = orgs.find(({ name }) => name === address.org);
  if (own === undefined)
    throw unknownOrganisation(connection, orgs.map(({ name }) => quoted(name)).join(', ') || 'none');
  return { ...connection, orgId: own.id, version };
}

function requireUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const usable = parsed !== undefined && /^https?:$/.test(parsed.protocol);
  // A password in it would be printed with every message.
  if (usable && parsed.username === '' && parsed.password === '' && parsed.search === '') return url.replace(/\/$/, '');
  throw new Failure({
    stage: 'influx-aggregate',
    what: 'influx-url is not the address of a server',
    found: parsed === undefined ? quoted(url) : quoted(`${parsed.protocol}//${parsed.host}`),
    expected: 'such as http://localhost:8086, without a user name',
    fix: 'correct influx-url (on the command line --influx-url)',
    class: 'config',
    code: 'influx-url',
  });
}

/** A header allows no other characters; mistakes in a secret are reported without showing it. */
function requireToken({ url, token }: ServerAddress): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Failure({
    stage: 'influx-aggregate',
    what: 'influx-token cannot be sent',
    where: printable(url),
    found: 'a space, a line end or another character that no token has',
    expected: 'the token as InfluxDB showed it, in one line',
    fix: 'copy the token again (on the command line INFLUX_TOKEN)',
    class: 'config',
    code: 'influx-token',
  });
}

/**
 * A warning for an address over which the token travels unencrypted; undefined for local ones. A name without a dot is
 * a neighbouring container.
 */
export function unencrypted(url: string): string | undefined {
  const { protocol, hostname } = new URL(requireUrl(url));
  if (protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || !/[.:]/.test(hostname))
    return undefined;
  return `influx-url is http: anyone between this machine and ${quoted(hostname)} can read the token and the readings; use https`;
}

interface OrganisationsReply {
  readonly orgs?: readonly { readonly id: string; readonly name: string }[];
}

const versionIn = ({ body }: Reply) => /"version"\s*:\s*"([^"]+)"/.exec(body)?.[1];

/** InfluxDB 3 does not answer /health as 2 does; both name their version in a header. */
async function versionHeader(connection: Connection, patience: Patience): Promise<string> {
  const { headers } = await persist(connection, 'asking for its version', patience, (left) =>
    ask(connection, { method: 'GET', path: '/ping', within: Math.min(left, 10_000) }),
  );
  const named = headers['x-influxdb-version'];
  return String(Array.isArray(named) ? named[0] : (named ?? ''));
}

function requireVersion({ url }: Connection, version: string): string {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === OLDEST[0] && minor! >= OLDEST[1]) return version;
  const three = major !== undefined && major >= 3;
  throw new Failure({
    stage: 'influx-aggregate',
    what: three ? 'InfluxDB 3 has no Flux, which this program needs for aggregates' : 'this server cannot be used',
    where: printable(url),
    found: version === '' ? 'no version of InfluxDB' : `version ${printable(version)}`,
    expected: 'InfluxDB 2.7 or a later 2.x',
    fix: three ? 'use a server of version 2, or the engine embedded' : 'update the server, or use the engine embedded',
    class: 'config',
    code: 'influx-version',
  });
}
