import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import { lineAt, modelFinding } from './model-finding';
import { ancestorsOf, type Model, type ProjectModels } from './project-models';
import { referencesIn } from './references';
import { type Select, selectsOf, tokensOf } from './sql-text';
import { readModel } from './union';

/** Models of sources that no longer have a row, as after a person removed the row alone. */
export interface LeftOvers {
  /** The sources. */
  readonly ids: readonly string[];
  /** Models built only from these sources: a run leaves them out, because nothing of these sources lands. */
  readonly models: readonly Model[];
  /** The union of readings without them; undefined if it reads none of them, or its text does not show how. */
  readonly union: string | undefined;
  /** Other models that read them, and what each reads: dbt would stop there. */
  readonly readers: readonly { readonly model: Model; readonly names: readonly string[] }[];
}

/** Facts are made of every source: these models are never left over. */
const UNITING = ['fct_sensor_readings', 'fact'];
const LANDING = /\b(?:source\(\s*['"]raw['"]\s*,|landing\()\s*['"]([^'"]+)['"]/g;

/** @param configured the sources that have a row, enabled or not */
export function leftOversOf({ models, computed }: ProjectModels, configured: readonly string[]): LeftOvers {
  const all = [...models.values()];
  const strangers = new Map(all.map((model) => [model.name, strangersIn(model, configured)]));
  const gone = new Set<string>();
  const reads = ({ name, names }: Model) => strangers.get(name)!.length > 0 || [...names].some((one) => gone.has(one));
  const stays = ({ name }: Model) =>
    // If names are computed, the text does not show what else reads a model.
    computed ||
    [...ancestorsOf(name, models)].some((one) => {
      const { names, folders } = models.get(one)!;
      return UNITING.includes(one) || configured.some((id) => names.has(id) || folders.has(id));
    });
  for (let more: readonly Model[] = all; more.length > 0; ) {
    more = all.filter((model) => !gone.has(model.name) && reads(model) && !stays(model));
    for (const { name } of more) gone.add(name);
  }
  const united = models.get('fct_sensor_readings');
  const isNamed = united !== undefined && (reads(united) || namesAny(united.text, gone));
  const union = isNamed ? withoutModels(withoutComments(united.text, gone), gone) : undefined;
  const readers = all
    .filter((model) => reads(model) && !gone.has(model.name) && !(model === united && union !== undefined))
    .map((model) => ({
      model,
      names: [...strangers.get(model.name)!, ...[...model.names].filter((one) => gone.has(one))],
    }));
  return {
    ids: [...new Set([...strangers.values()].flat())],
    models: all.filter(({ name }) => gone.has(name)),
    union,
    readers,
  };
}

/** Sources whose landing a model reads and that have no row. */
function strangersIn({ text }: Model, configured: readonly string[]): string[] {
  const read = tokensOf(text)
    .filter(({ kind }) => kind === 'jinja')
    .flatMap((token) => [...token.text.matchAll(LANDING)].map(([, id]) => id!));
  return [...new Set(read)].filter((id) => !configured.includes(id) && !id.startsWith('_'));
}

/**
 * The union with the parts that read one of these models emptied. Each is replaced by another part of the union without
 * its rows, so that columns and types match the rest, whether united by name or by position.
 * @returns undefined if the text does not show how
 */
function withoutModels(sql: string, gone: ReadonlySet<string>): string | undefined {
  const isGone = (select: Select) => gone.has(readModel(select) ?? '');
  let text = '';
  let end = 0;
  for (const chain of chainsOf(sql)) {
    const kept = chain.find((select) => !isGone(select));
    for (const { start, end: itsEnd } of chain.filter(isGone)) {
      if (kept === undefined || start < end) return undefined;
      const pieces = [sql.slice(kept.start, kept.end), sql.slice(start, itsEnd)];
      // A branch of Jinja may begin or end within a part.
      if (pieces.some((piece) => piece.includes('{%'))) return undefined;
      text += `${sql.slice(end, start)}select * from (${pieces[0]}) where false`;
      end = itsEnd;
    }
  }
  text += sql.slice(end);
  return namesAny(text, gone) ? undefined : text;
}

const namesAny = (text: string, names: ReadonlySet<string>) =>
  referencesIn(text, undefined).some(({ name }) => names.has(name));

/** dbt follows what a comment of SQL names, too, such as a part that a person took out of the union. */
function withoutComments(sql: string, gone: ReadonlySet<string>): string {
  const tokens = tokensOf(sql);
  const gaps = [...tokens, undefined].map((token, at) => sql.slice(tokens[at - 1]?.end ?? 0, token?.start));
  const clean = gaps.map((gap) =>
    gap.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => (namesAny(comment, gone) ? ' ' : comment)),
  );
  return clean
    .map((gap, at) => gap + (tokens[at] === undefined ? '' : sql.slice(tokens[at].start, tokens[at].end)))
    .join('');
}

/** The `select`s of a text, those together that set operations join. */
function chainsOf(sql: string): Select[][] {
  const chains: Select[][] = [];
  for (const select of selectsOf(sql)) {
    const chain = chains.findLast(([first]) => first!.depth === select.depth);
    if (chain === undefined || select.operation === '') chains.push([select]);
    else chain.push(select);
  }
  return chains;
}

/**
 * Findings about left-over models: a warning that names all of them, and an error for each model that depends on them.
 */
export function leftOverFindings({ ids, models, readers }: LeftOvers): Finding[] {
  if (ids.length === 0) return [];
  const row = 'a row in seeds/datasources_config.csv (enabled=false switches it off)';
  const stopped = readers.map(({ model, names }) =>
    modelFinding({
      code: 'source-unconfigured',
      file: model.path,
      line: lineAt(model.text, Math.max(0, model.text.indexOf(names[0]!))),
      found: names.map(quoted).join(', '),
      expected: 'sources that have a row',
      message: 'a model of configured sources also reads a source that is not configured',
      fix: `take what reads ${names.join(' and ')} out of this model, or give ${ids.join(', ')} ${row}`,
    }),
  );
  if (models.length === 0) return stopped;
  const paths = models.map(({ path }) => path);
  return [
    ...stopped,
    modelFinding({
      code: 'models-left-over',
      severity: 'warning',
      file: paths[0]!,
      found: `models of ${ids.map(quoted).join(', ')}`,
      message: 'models of sources without a row were left out; uploads of these sources are not read',
      fix: `if a row was removed by mistake, put it back; otherwise remove ${paths.join(', ')}, and then the lines that bin/warehouse models names`,
    }),
  ];
}
