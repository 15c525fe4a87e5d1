import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';

/** What identifies points besides their time: a measurement and tags, ordered by the tags' names. */
export interface SeriesKey {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The one field; always a float, because a shard keeps the type that it saw first. */
export const FIELD = 'value';

/**
 * `measurement,tag=value… value=`: what every line of a series begins with. Empty tags, control characters and a
 * backslash at the end cannot be written in line protocol: the server would refuse the batch or store something else.
 * A line that begins with # is a comment: the server acknowledges it and stores nothing.
 * @throws Failure (config) for such a text
 */
export function linePrefix({ measurement, tags }: SeriesKey): string {
  const names = Object.keys(tags).sort();
  const pairs = names.map((name) => `,${tagText(name, 'name of a tag')}=${tagText(tags[name]!, name)}`);
  return `${escaped(representable(measurement, 'measurement', /^#/), /[, ]/g)}${pairs.join('')} ${FIELD}=`;
}

const tagText = (text: string, what: string) => escaped(representable(text, what), /[,= ]/g);

const escaped = (text: string, special: RegExp) => text.replace(special, '\\$&');

// Also a backslash before a special character would be read as its escape.
const UNREPRESENTABLE = /[\p{Cc}]|\\$|\\(?=[,= \\])/u;

function representable(text: string, what: string, more?: RegExp): string {
  if (text !== '' && !UNREPRESENTABLE.test(text) && more?.test(text) !== true) return text;
  throw new Failure({
    stage: 'influx-aggregate',
    what: `a ${what} cannot be written to InfluxDB`,
    found: quoted(text),
    expected:
      'a non-empty text without control characters, without # at its start, and without a backslash at its end or before a comma, space or =',
    fix: 'change the name in seeds/, or use the engine embedded',
    class: 'config',
    code: 'influx-text',
  });
}

/** A number as the line protocol and the server's parser read it back: the shortest that gives the same double. */
export function fieldValueText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a reading`);
  return Object.is(value, -0) ? '-0' : `${value}`;
}
