import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { HEX_PATTERN, idInWords, sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import { type Given, IGNORE, type Question, saidOf } from './given';
import { wordOf } from './proposals';
import { pairsSaid } from './settle-columns';
import type { SourcePlan } from './source-plan';

/** Which sensor is where: those that the samples name, and others that a person named. Case does not matter. */
export function settleSensors(
  { sensors, wordSensors }: SampleLook,
  given: Given,
  id: string,
  questions: Question[],
  mistakes: string[],
): SourcePlan['sensors'] {
  const said = new Map<string, { readonly sensor: string; readonly location: string }>();
  for (const [sensor, location] of pairsSaid(given, 'sensor', undefined, mistakes, sensors)) {
    if (said.has(sensor.toUpperCase()))
      mistakes.push(`--sensor is given twice, with different values, for ${quoted(sensor)}`);
    said.set(sensor.toUpperCase(), { sensor, location });
  }
  const asked = new Set(said.keys());
  const left = new Set((given.ignore ?? []).flatMap((one) => [one, one.replace(/=.*$/s, '')]));
  for (const sensor of sensors) {
    if (asked.has(sensor.toUpperCase()) || left.has(sensor)) continue;
    asked.add(sensor.toUpperCase());
    const isWords = wordSensors.includes(sensor);
    const text = isWords
      ? `${quoted(sensor)} holds words, not numbers: ${IGNORE} leaves it out`
      : `where the sensor ${quoted(sensor)} is, or ${IGNORE} to leave it out`;
    const proposal = isWords ? IGNORE : `${id}_${wordOf(sensor)}`;
    questions.push({ flag: 'sensor', prefix: `${sensor}=`, text, proposal });
  }
  return [...said.values()];
}

/** Each file of one sensor names it. */
export function requireSensorNames(names: readonly string[], given: Given, mistakes: string[]): void {
  const pattern = saidOf(given, 'sensor-pattern') ?? HEX_PATTERN;
  const nameless = names.filter((name) => sensorIdOf(name, pattern) === undefined);
  if (nameless.length === 0) return;
  const form =
    pattern === HEX_PATTERN ? `${idInWords(pattern)} after an underscore; or give --sensor-pattern` : pattern;
  mistakes.push(`${nameless.map(quoted).join(', ')} names no sensor: ${form}`);
}

/** Under which names locations are published; those that are listed have one. */
export function settlePublicNames(
  locations: readonly string[],
  given: Given,
  { publicNames }: Configuration,
  questions: Question[],
  mistakes: string[],
): { from: string; to: string }[] {
  const said = pairsSaid(given, 'public-name', undefined, mistakes);
  for (const from of said.keys()) {
    if (publicNames.has(from))
      mistakes.push(`--public-name: ${quoted(from)} has a public name in seeds/location_map.csv`);
    else if (!locations.includes(from) && questions.length === 0)
      mistakes.push(`--public-name: nothing is at ${quoted(from)}`);
  }
  return [...new Set(locations)]
    .filter((from) => !publicNames.has(from))
    .flatMap((from) => {
      const to = said.get(from);
      if (to !== undefined) return [{ from, to }];
      const text = `the name under which ${quoted(from)} is published`;
      questions.push({ flag: 'public-name', prefix: `${from}=`, text, proposal: from });
      return [];
    });
}
