import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Command } from '../terminal/command';
import { usage } from '../terminal/usage';

/** The source with this id, enabled or not. @throws Failure (config) if there is none */
export function requireDatasource(id: string, { datasources, disabled }: Configuration, command: Command): Datasource {
  const all = [...datasources, ...disabled];
  const found = all.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw usage(`unknown datasource ${printable(id)}; the seeds have ${all.map((one) => one.id).join(', ')}`, command);
}
