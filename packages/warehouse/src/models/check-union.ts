import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { columnReader } from './columns';
import { lineAt, modelFinding } from './model-finding';
import type { Model, ProjectModels } from './project-models';
import { type Select, selectsOf, tokensOf } from './sql-text';
import { readModel, unitedSelects } from './union';
import { landedLabels } from './unread-columns';

/** The columns that every part of the union must give. */
const CONTRACT = ['timestamp', 'location', 'measurement', 'value', 'source'];
const BY_NAME = 'union all by name';

/** Mistakes in how models are united: in all models, then in the union behind the facts. */
export function unionFindings(configuration: Configuration, project: ProjectModels): Finding[] {
  const findings = [...project.models.values()].flatMap(looseSelects);
  const union = project.models.get('fct_sensor_readings');
  if (union === undefined || !project.ofFact.has(union.name)) return findings;
  const reader = columnReader(project, landedLabels(configuration));
  const selects = unitedSelects(union.text);
  const anyByName = selectsOf(union.text).some(({ depth, operation }) => depth === 0 && operation === BY_NAME);
  let first: readonly string[] | undefined;
  for (const [at, select] of selects.entries()) {
    const columns = reader.columnsOf(select, union.text);
    const model = readModel(select)!;
    const line = lineAt(union.text, select.start);
    const lacking = columns && CONTRACT.filter((column) => !columns.includes(column));
    if (at === 0) first = columns;
    if (lacking !== undefined && lacking.length > 0) {
      findings.push(
        modelFinding({
          code: 'reading-columns',
          file: union.path,
          line,
          found: `columns ${columns!.join(', ')}`,
          expected: CONTRACT.join(', '),
          message: `the readings of ${quoted(model)} have no column ${lacking.join(', ')}`,
          fix: `give a row for each reading: select "timestamp", location, '<data_key>' as measurement, <column> as value, source from {{ ref('${model}') }}`,
        }),
      );
    }
    const { operation, depth } = select;
    // A macro of the project unites such a part by the names that its text gives.
    const isNamed = depth === 0 && anyByName && project.unitesByName && columns !== undefined;
    const byPosition = operation === 'union all' && !isNamed && (first ?? []).join() !== (columns ?? []).join();
    if (byPosition || (operation !== '' && !operation.startsWith('union all'))) {
      findings.push(
        modelFinding({
          code: 'union-form',
          file: union.path,
          line,
          found: quoted(operation),
          expected: BY_NAME,
          message: byPosition
            ? `${quoted(model)} is united by the positions of its columns, and its columns differ`
            : `${quoted(model)} is united in a way that loses identical readings`,
          fix: `write ${BY_NAME} before it`,
        }),
      );
    }
  }
  return findings;
}

/** `select`s that stand below another one with nothing between: somebody appended one, and no `union` before it. */
function looseSelects({ path, text }: Model): Finding[] {
  const outer = selectsOf(text).filter(({ depth }) => depth === 0);
  return outer
    .filter((select, at) => at > 0 && select.operation === '' && !isBranch(text, outer[at - 1]!, select))
    .map((select) =>
      modelFinding({
        code: 'union-form',
        file: path,
        line: lineAt(text, select.start),
        found: 'a SELECT with nothing before it',
        expected: BY_NAME,
        message: 'a SELECT follows another one and is not united with it',
        fix: `write ${BY_NAME} before it`,
      }),
    );
}

/** Whether Jinja chooses between two `select`s, or writes the text between them. */
function isBranch(text: string, { start }: Select, next: Select): boolean {
  const between = tokensOf(text).filter((token) => token.start > start && token.start < next.start);
  const isRelation = (jinja: string) => /^\{\{-?\s*(?:ref|source)\s*\(/.test(jinja);
  return between.some(
    ({ kind, text: its }, at) =>
      kind === 'jinja' && (its.startsWith('{%') || (at === between.length - 1 && !isRelation(its))),
  );
}
