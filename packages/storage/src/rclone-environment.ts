import { readFileSync } from 'node:fs';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { childEnvironment, PROXIES } from '@sensor-warehouse/model/secrets/child-environment';
import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';

// A remote with `env_auth = true` takes its credentials from variables that its vendor named: without them it is not a remote.
const CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
  s3: ['AWS_*'],
  azureblob: ['AZURE_*'],
  azurefiles: ['AZURE_*'],
  drive: ['GOOGLE_APPLICATION_CREDENTIALS'],
  'google cloud storage': ['GOOGLE_APPLICATION_CREDENTIALS'],
  swift: ['OS_*', 'ST_*'],
};
const IS_SECRET = /SECRET|TOKEN|KEY|PASS|CREDENTIAL/;

/**
 * Names of the variables of ours that rclone gets: none of the RCLONE_* ones that could redefine its options or remotes, and
 * credentials of a cloud only where a remote of the configuration says that it takes them from there.
 */
export function rcloneVariables(configFile: string | undefined): string[] {
  const clouds = configFile === undefined ? [] : cloudsIn(configText(configFile));
  const credentials = clouds.flatMap((cloud) => CREDENTIALS[cloud] ?? []);
  const names = [...PROXIES, 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'SSH_AUTH_SOCK', ...credentials];
  // rclone may repeat them in what it says.
  for (const [name, value = ''] of Object.entries(childEnvironment({}, names))) {
    if (PROXIES.includes(name)) secretsOfUrl(value).forEach(keepSecret);
    else if (IS_SECRET.test(name)) keepSecret(value);
  }
  return names;
}

/** Types of the remotes that take their credentials from the environment. */
function cloudsIn(config: string): string[] {
  return config.split(/^\s*\[/m).flatMap((section) => {
    const option = (name: string) => new RegExp(`^\\s*${name}\\s*[=:]\\s*(.*?)\\s*$`, 'im').exec(section)?.[1];
    const type = option('type')?.toLowerCase();
    return type !== undefined && /^(true|1|t)$/i.test(option('env_auth') ?? '') ? [type] : [];
  });
}

/** That a configuration is absent is a matter of rclone, which says so. */
function configText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return unlessAbsent(error) ?? '';
  }
}
