import { EMBEDDED, ENGINES, type Engine, type EngineName } from '../engines/engine';
import { type InfluxSettings, openInfluxEngine } from '../engines/influx-engine';

/** Whether there is an engine of this name. */
export function isEngine(name: string): name is EngineName {
  return (ENGINES as readonly string[]).includes(name);
}

/**
 * Opens the engine for `use`, and closes it whatever happens.
 * @param influx undefined: hours are computed in this process
 * @throws Failure that says what is wrong with the server
 */
export async function withEngine<T>(
  influx: InfluxSettings | undefined,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = influx === undefined ? EMBEDDED : await openInfluxEngine(influx);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}
