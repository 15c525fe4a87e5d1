import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { EngineShell, OpenEngine, Said } from './choice';
import { EMBEDDED, type Engine } from './engine';
import { readInflux } from './influx-choice';

export const openEmbedded: OpenEngine = async () => EMBEDDED;

/**
 * Engines by the names by which people choose them. To add one, write a module next to these, and a line here. Each
 * reads its settings whether it is chosen or not, so that its secrets are hidden either way.
 */
function enginesOf(said: Said, chosen: string | undefined) {
  return {
    embedded: openEmbedded,
    influxdb: readInflux(said, chosen === 'influxdb'),
  };
}

/** The chosen engine. Mistakes are reported to `said`; the engine cannot be used then. */
export function readEngine(said: Said): OpenEngine {
  const name = said.optional('engine');
  const engines = new Map<string | undefined, OpenEngine>(Object.entries(enginesOf(said, name)));
  if (name === undefined) said.mistake(`${said.called('engine')} is missing`);
  else if (!engines.has(name))
    said.mistake(`${said.called('engine')} is ${quoted(name)}, expected ${[...engines.keys()].join(' or ')}`);
  return engines.get(name) ?? openEmbedded;
}

/**
 * Opens an engine for `use`, and closes it whatever happens.
 * @throws Failure if the server cannot be used
 */
export async function withEngine<T>(
  open: OpenEngine,
  shell: EngineShell,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await open(shell);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}
