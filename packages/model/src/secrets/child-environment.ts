// Variables that a program needs to find its files and tools and to suit its readers. None is secret.
const OF_EVERY_CHILD = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANG', 'LANGUAGE', 'LC_*'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
  // The Python of a runner's tool cache finds its own library by it.
  'LD_LIBRARY_PATH',
];

/** Variables that lead out of a closed network; programs differ in the spelling of proxy variables that they know. */
export const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/**
 * The environment of a program that we start: the variables that every program gets, those that this one gets by name, and
 * what is given to it. No other variable, so no secret of this process, or of another program, comes to it by chance.
 * @param names of further variables of ours, each whole or a beginning such as `AWS_*`
 */
export function childEnvironment(
  given: Readonly<Record<string, string>> = {},
  names: readonly string[] = [],
): NodeJS.ProcessEnv {
  const wanted = [...OF_EVERY_CHILD, ...names];
  const isWanted = (name: string) =>
    wanted.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  const inherited = Object.entries(process.env).filter(([name]) => isWanted(name));
  return { ...Object.fromEntries(inherited), ...given };
}
