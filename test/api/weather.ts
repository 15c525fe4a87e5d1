import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectWith } from '../support/project';

/** How a project with a weather service differs from the usual one. */
export interface WeatherProject {
  readonly location: string;
  /** What `seeds/apis/weather.json` says. */
  readonly settings: object;
  /** Whether the service is the only source that is switched on. */
  readonly alone?: boolean;
  /** Rows of `quality_thresholds.csv` besides the usual ones. */
  readonly thresholds?: string;
  /** Rows of `location_map.csv` besides the usual ones. */
  readonly places?: string;
}

/** A project with an API of the id `weather`: one reading in an answer, `dt`, `name` and `main.temp`, of the place Prague. */
export async function weatherProject(
  folder: string,
  { location, settings, alone = false, thresholds = '', places = 'Prague,Prague\n' }: WeatherProject,
): Promise<string> {
  const row = `weather,Weather,api,${location},weather_*.json,at=dt;city=name;temp=main.temp,temperature,long,at,%s,,,,,,,mapping_weather;mapping_weather_sensors,,,,,city`;
  const project = await projectWith(folder, {
    datasources_config: (text) => {
      const others = alone ? text.replaceAll(/,true$/gm, ',false') : text;
      return `${others.trimEnd().replace(/enabled$/m, 'enabled,sensor_column')}\n${row}\n`;
    },
    location_map: (text) => `${text.trimEnd()}\n${places}`,
    ...(thresholds === '' ? {} : { quality_thresholds: (text: string) => `${text.trimEnd()}\n${thresholds}` }),
  });
  const write = (path: string, text: string) => writeFile(join(project, ...path.split('/')), text);
  await write('seeds/mapping_weather.csv', 'column,data_key\ntemp,temp_ambient\n');
  await write('seeds/mapping_weather_sensors.csv', 'sensor,location\nPrague,Prague\n');
  await mkdir(join(project, 'seeds', 'apis'), { recursive: true });
  await write('seeds/apis/weather.json', JSON.stringify(settings));
  await write('models/0_landing/landing_weather_raw.sql', `{{ landing('weather') }}\n`);
  await write(
    'models/1_staging/stg_weather.sql',
    `{{ long_readings('weather', ref('landing_weather_raw'), ref('mapping_weather'), sensor_column='city', sensors=ref('mapping_weather_sensors')) }}\n`,
  );
  await appendFile(
    join(project, 'models', '2_marts', 'fct_sensor_readings.sql'),
    `union all by name\nselect * from {{ ref('stg_weather') }}\n`,
  );
  return project;
}
