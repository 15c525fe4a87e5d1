import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type ApiSettings, NO_SETTINGS, secretsOf } from '@sensor-warehouse/model/seeds/api-settings';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { setField } from '@sensor-warehouse/model/seeds/seed-edits';
import type { Project } from '../run/context';

/**
 * Names in answers that differ from people's names; listed by path, because one service has several kinds of answers.
 */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/data/2.5/weather': {
    timestamp: 'dt',
    time: 'dt',
    location: 'name',
    city: 'name',
    temp: 'main.temp',
    temperature: 'main.temp',
    humidity: 'main.humidity',
    pressure: 'main.pressure',
    wind_speed: 'wind.speed',
    clouds: 'clouds.all',
  },
};

const SEED = join('seeds', 'datasources_config.csv');

/**
 * The finding for an API that has only its row: nothing says what to ask the host for. If another source asks the same
 * host, such as one that ships switched off, the finding writes out the file and the row.
 * @returns undefined if there are settings, the address has a path of its own, or no other source asks the host
 */
export async function missingSettings(
  { configuration, project }: Project,
  datasource: Datasource,
): Promise<Finding | undefined> {
  const { id, location, api } = datasource;
  if (api !== NO_SETTINGS || !isBareHost(location)) return undefined;
  const known = [...configuration.disabled, ...configuration.datasources].find(
    (one) => one.type === 'api' && one.id !== id && sameHost(one.location, location) && one.api !== NO_SETTINGS,
  );
  if (known === undefined) return undefined;
  const pointers = pointersOf(datasource, known);
  const row = await rowWith(project, datasource, pointers, known.datetimeFormats.join('|'));
  const secrets = secretsOf(known.api);
  const fixes = [
    `write seeds/apis/${id}.json: \`${settingsText(known.api)}\``,
    ...(row === undefined ? [] : [`write the row of ${id} in seeds/datasources_config.csv as \`${row}\``]),
    ...secrets.map(
      (name) =>
        `provide the secret ${name}: as an environment variable, or in .github/workflows/refresh.yml under env of the step Ingest with the line \`${name}: \${{ secrets.${name} }}\``,
    ),
  ];
  return {
    code: 'api-settings-missing',
    severity: 'error',
    datasource: id,
    file: `seeds/apis/${id}.json`,
    count: 1,
    found: 'an address without a path, and no file that says what to ask for',
    expected: `what to ask ${new URL(location).host} for, in seeds/apis/${known.id}.json`,
    message: 'no settings say what to ask the API for, so no request was sent',
    fix: fixes.join('; '),
  };
}

/** An addition to a failure's fix, for an address that has no path. */
export function settingsHint({ id, location, api }: Datasource): string | undefined {
  if (api !== NO_SETTINGS || !isBareHost(location)) return undefined;
  return `say what to ask for in seeds/apis/${id}.json, such as {"path": "/data", "query": {"key": "{API_KEY}"}}; docs/add-an-api.md explains it`;
}

const isBareHost = (location: string) => new URL(location).pathname === '/';
const sameHost = (one: string, other: string) => URL.canParse(one) && new URL(one).origin === new URL(other).origin;

function settingsText({ path, query, headers, window }: ApiSettings): string {
  return JSON.stringify({
    path,
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(window === undefined ? {} : { window }),
  });
}

/** `label=pointer` for each column that the row requires: the other source's pointer, or the known name in answers. */
function pointersOf({ timeColumns, requiredColumns, pointers }: Datasource, known: Datasource): string[] {
  const labels = [...new Set([...timeColumns, ...requiredColumns])];
  const names = NAMES[known.api.path] ?? {};
  return labels.map((label) => {
    const pointer = pointers.get(label) ?? label;
    const better = pointer !== label ? pointer : (known.pointers.get(label) ?? names[label.toLowerCase()] ?? label);
    return better === label ? label : `${label}=${better}`;
  });
}

/** The corrected row, in the seed's columns; undefined if the row is right already. */
async function rowWith(
  project: string,
  { id }: Datasource,
  pointers: readonly string[],
  format: string,
): Promise<string | undefined> {
  const text = await readFile(join(project, SEED), 'utf8');
  const fields = { required_columns: pointers.join(';'), datetime_format: format };
  const next = Object.entries(fields).reduce((csv, [column, value]) => setField(csv, id, column, value), text);
  const row = (csv: string) => csv.split(/\r?\n/).find((line) => line.startsWith(`${id},`));
  return row(next) === row(text) ? undefined : row(next);
}
