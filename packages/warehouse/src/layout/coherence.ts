import type { StagedPlan, StagedWindow } from './backfill-documents';
import type { FactsManifest } from './facts-manifest';
import { parsePath, pathOf, type StoredName } from './names';
import type { DatasetFiles, Partition, PointedFile, Pointer } from './pointer';

/*
 * What the members of a document must be to each other. A path is no member to be believed: it is the one that follows
 * from the members beside it, or the document is damaged. All of this expects a document that fits its schema.
 */

export function pointerMistakes(pointer: Pointer): string[] {
  const { partitions, normalized, legacy = [] } = pointer;
  return [
    ...partitions.flatMap((one, index) => partitionMistakes(one, `/partitions/${index}`)),
    ...repeated(partitions.map(({ datasource, month }) => `${datasource} ${month}`)).map(
      (one) => `/partitions has ${one} twice`,
    ),
    ...versionMistakes(pointer.public, '/public'),
    ...(pointer.pinned === undefined ? [] : versionMistakes(pointer.pinned, '/pinned')),
    ...normalized.flatMap(({ path }, index) => {
      const kind = parsePath(path)?.kind;
      return kind === 'window csv' || kind === 'model csv'
        ? []
        : [`/normalized/${index}/path is not one of a monthly CSV`];
    }),
    ...repeated(normalized.map(({ path }) => path)).map(() => '/normalized has a path twice'),
    ...legacy.flatMap((file, index) =>
      pathMistakes(file, { kind: 'legacy hours', month: file.month, hash: hashOf(file) }, `/legacy/${index}`),
    ),
  ];
}

function versionMistakes({ version, files }: DatasetFiles, at: string): string[] {
  return files.flatMap(({ path }, index) => {
    const name = parsePath(path);
    const fits = name?.kind === 'version file' && name.version === version;
    return fits ? [] : [`${at}/files/${index}/path is not one of a file of the version`];
  });
}

export function manifestMistakes(manifest: FactsManifest): string[] {
  const { generation, number, sources, series, facts, files } = manifest;
  const mistakes: string[] = [];
  if (Number(generation.split('-')[0]) !== number) mistakes.push(`/number is ${number}, which /generation is not`);
  const ids = sources.map(({ datasource }) => datasource);
  for (const id of repeated(ids)) mistakes.push(`/sources has ${id} twice`);
  for (const { datasource, facts: said } of sources) {
    const counted = series.reduce((total, one) => total + (one.datasource === datasource ? one.facts : 0), 0);
    if (counted !== said) mistakes.push(`/sources says ${said} facts of ${datasource}, /series ${counted}`);
  }
  for (const { datasource, readings, empty } of sources) {
    const counts = files.filter((file) => file.datasource === datasource).map((file) => file.counts);
    const read = counts.reduce((total, one) => total + one.readings, 0);
    const blank = counts.reduce((total, one) => total + one.empty, 0);
    if (read !== readings) mistakes.push(`/sources says ${readings} readings of ${datasource}, /files ${read}`);
    if (blank !== empty) mistakes.push(`/sources says ${empty} empty cells of ${datasource}, /files ${blank}`);
  }
  for (const id of new Set([...series, ...files].map(({ datasource }) => datasource)))
    if (!ids.includes(id)) mistakes.push(`/sources lacks ${id}`);
  const total = series.reduce((sum, one) => sum + one.facts, 0);
  if (total !== facts.rows) mistakes.push(`/facts/rows is ${facts.rows}, /series has ${total}`);
  return mistakes;
}

export function planMistakes({ windows }: StagedPlan): string[] {
  return [
    ...windows.flatMap(({ name, datasource, months }, index) =>
      name === `${datasource}_${months[0]!.month}_${months.at(-1)!.month}`
        ? []
        : [`/windows/${index}/name does not follow from its source and months`],
    ),
    ...repeated(windows.map(({ name }) => name)).map((name) => `/windows has ${name} twice`),
  ];
}

export function windowMistakes({ partitions }: StagedWindow): string[] {
  return partitions.flatMap((one, index) => partitionMistakes(one, `/partitions/${index}`));
}

function partitionMistakes(partition: Partition, at: string): string[] {
  const { datasource, month, revision, archive, aggregates, levels = {}, previous } = partition;
  const ofMonth = { datasource, month };
  const archived = (file: PointedFile, number: number): StoredName => ({
    kind: 'archive',
    ...ofMonth,
    revision: number,
    hash: hashOf(file),
  });
  return [
    ...pathMistakes(archive, archived(archive, revision), `${at}/archive`),
    ...pathMistakes(aggregates, { kind: 'hours', ...ofMonth, hash: hashOf(aggregates) }, `${at}/aggregates`),
    ...Object.entries(levels).flatMap(([definition, file]) =>
      pathMistakes(
        file,
        { kind: 'level windows', ...ofMonth, level: definition.split(' ')[0]!, hash: hashOf(file) },
        `${at}/levels`,
      ),
    ),
    ...(previous === undefined
      ? []
      : pathMistakes(previous.archive, archived(previous.archive, previous.revision), `${at}/previous/archive`)),
  ];
}

function pathMistakes({ path }: PointedFile, name: StoredName, at: string): string[] {
  return path === pathOf(name) ? [] : [`${at}/path is not ${pathOf(name)}`];
}

const hashOf = ({ sha256 }: PointedFile) => sha256.slice(0, 8);

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
