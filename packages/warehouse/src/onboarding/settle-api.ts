import { quoted } from '@sensor-warehouse/model/findings/finding';
import { isApiAddress, isSecretName } from '@sensor-warehouse/model/seeds/api-settings';

/** An API as a person gives it: its address, and what `seeds/apis/<id>.json` says about it. */
export interface PlannedApi {
  /** `https://host`. */
  readonly location: string;
  /** The text of the settings. */
  readonly settings: string;
}

/** Names under which services take a key. */
const KEY = /key|token|secret|appid|app_id|auth|pass|sign/i;

/**
 * Takes the address of a request apart, such as `https://api.example.org/now?lat=50&key={API_KEY}`: what follows the host goes
 * into the settings. A key is in no seed, so one that is written out is a mistake, and is not shown.
 */
export function settleApi(address: string, mistakes: string[]): PlannedApi | undefined {
  const text = address.replaceAll(/\{([A-Z][A-Z0-9_]*)\}/g, '__$1__');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isApiAddress(url.origin) || url.username !== '' || url.password !== '') {
    mistakes.push('--location of an API is https://host/path, with a query if it has one, and no user');
    return undefined;
  }
  const own = (part: string) => part.replaceAll(/__([A-Z][A-Z0-9_]*?)__/g, '{$1}');
  const path = url.pathname === '/' ? '' : own(url.pathname);
  const query = Object.fromEntries([...url.searchParams].map(([name, value]) => [name, own(value)]));
  for (const [name, value] of Object.entries(query)) {
    const secret = /\{([^}]*)\}/.exec(value)?.[1];
    if (KEY.test(name) && secret === undefined)
      mistakes.push(
        `--location: ${quoted(name)} looks like a secret; write ${name}={API_KEY}, and give the key in the environment`,
      );
    else if (secret !== undefined && !isSecretName(secret))
      mistakes.push(`--location: {${secret}} is not a valid name for a secret of an API`);
  }
  const settings = { ...(path === '' ? {} : { path }), ...(Object.keys(query).length === 0 ? {} : { query }) };
  return { location: url.origin, settings: `${JSON.stringify(settings, undefined, 2)}\n` };
}
