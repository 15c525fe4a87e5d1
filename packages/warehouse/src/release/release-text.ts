import { inert } from '@sensor-warehouse/model/findings/markdown';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type {
  ChangedPart,
  Excerpt,
  ListedExclusion,
  Release,
  ReleaseCause,
  ReleaseChanges,
  ReleaseHistory,
} from '../layout/releases';

/** Sections of Markdown, one for each release, the newest first. What a pointer says is text, and stays text. */
export function releaseSections({ releases }: ReleaseHistory): string {
  const oldest = releases.at(-1);
  const isCut = oldest !== undefined && oldest.from !== '';
  return [
    ...releases.map(section),
    ...(isCut ? [`Releases before ${inert(oldest.version)} are no longer listed, or were not recorded.`] : []),
  ].join('\n\n');
}

function section(release: Release): string {
  const lines = [
    ...reasonLines(release),
    ...(release.changes === undefined ? [] : changeLines(release.changes)),
    ...heldLines(release),
  ];
  const list = lines.length === 0 ? '' : `\n\n${lines.map((line) => `- ${inert(line)}`).join('\n')}`;
  return `## ${inert(release.version)}\n\n${inert(summary(release))}${list}`;
}

function summary({ from, hours, period, changes }: Release): string {
  const there = `${counted(hours, 'hour')}${period === undefined ? '' : `, ${period.from} to ${period.to}`}.`;
  if (from === '') return `The first release: ${there}`;
  if (changes === undefined) return `It cannot be compared with ${from} hour by hour. It has ${there}`;
  const { added, removed, changed } = changes;
  if (added + removed + changed === 0) return `Since ${from} no hour has changed. It has ${there}`;
  return `Since ${from}: ${deltas(changes, 'hours')}. It has ${there}`;
}

const CAUSES: Readonly<Record<ReleaseCause, string | undefined>> = {
  night: undefined,
  missing: 'Months that were missing were rebuilt.',
  stale: 'Months were recomputed because exclusions or plausible ranges have changed.',
  all: 'Published months were recomputed.',
  rebuild: 'Months were rebuilt from the files as they were delivered.',
  heal: 'Months whose files were damaged or lost were rebuilt.',
  import: 'Hours that an earlier pipeline had published were imported.',
};

function reasonLines({ cause, late, gone, sources, structure, exclusions, pinned }: Release): string[] {
  const because = CAUSES[cause];
  return [
    ...(because === undefined ? [] : [because]),
    ...listLine('Late readings came for', late),
    ...listLine('New sources:', sources.added),
    ...listLine('Sources without any hour now:', sources.gone),
    ...listLine('Months without any hour now:', gone.months),
    ...listLine('Locations without any hour now:', gone.locations),
    ...listLine('New tables and columns:', structure.added),
    ...listLine('Tables and columns that are gone:', structure.gone),
    ...exclusionLines(exclusions.added, 'Taken out from now on'),
    ...exclusionLines(exclusions.gone, 'No longer taken out'),
    ...(pinned === undefined ? [] : [`Readers saw ${pinned} under the stable names when this was made.`]),
  ];
}

function listLine(what: string, { some, more }: Excerpt<string>): string[] {
  return some.length === 0 ? [] : [`${what} ${some.join(', ')}${andMore(more)}.`];
}

const andMore = (more: number) => (more === 0 ? '' : `, and ${more} more`);

function exclusionLines({ some, more }: Excerpt<ListedExclusion>, what: string): string[] {
  return [
    ...some.map(
      ({ location, dataKey, from, to, reason }) => `${what}: ${dataKey} of ${location}${span(from, to)}: ${reason}`,
    ),
    ...(more === 0 ? [] : [`${what}: ${counted(more, 'more period')}.`]),
  ];
}

function span(from: string, to: string): string {
  if (from === '' && to === '') return '';
  return `,${from === '' ? '' : ` from ${from}`}${to === '' ? '' : ` until ${to}`}`;
}

function changeLines({ months, locations, tables, largest }: ReleaseChanges): string[] {
  const parts = (title: string, { some, more }: Excerpt<ChangedPart>) =>
    some.length === 0
      ? []
      : [`${title}: ${some.map((part) => `${part.name}: ${deltas(part)}`).join('; ')}${andMore(more)}.`];
  return [
    ...parts('By month', months),
    ...parts('By location', locations),
    ...parts('By table', tables),
    ...largest.map(
      ({ time, location, source, dataKey, before, after }) =>
        `A large change: ${dataKey} of ${location}, ${source}, ${time}: from ${numberText(before)} to ${numberText(after)}.`,
    ),
  ];
}

function heldLines({ held }: Release): string[] {
  return held.length === 0 ? [] : [`The newest readings of ${held.join(', ')} wait for a decision, and are not in it.`];
}

/** `120 added, 3 changed`. */
function deltas(counts: Omit<ChangedPart, 'name'>, unit = ''): string {
  return (['added', 'removed', 'changed'] as const)
    .filter((what) => counts[what] > 0)
    .map((what, index) => `${counts[what]} ${index === 0 && unit !== '' ? `${unit} ` : ''}${what}`)
    .join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
