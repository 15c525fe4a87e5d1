// The tables of inputs and outputs in each action's README, written from its action.yml.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { actions } from './build-actions.mjs';
import { cell, table } from './markdown-table.mjs';
import { root } from './setup.mjs';

const BEGIN = '<!-- tables: written from action.yml by `npm run readmes` -->';
const END = '<!-- /tables -->';

function shownDefault({ required, default: value }) {
  if (required) return 'required';
  return value === undefined || value === '' ? '' : `\`${value}\``;
}

/** Everything between the markers. */
export function tables(actionYml) {
  const { inputs = {}, outputs = {} } = parse(actionYml);
  const inputRows = Object.entries(inputs).map(([name, input]) => [
    `\`${name}\``,
    cell(shownDefault(input)),
    cell(input.description),
  ]);
  const outputRows = Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, cell(description)]);
  return [
    '## Inputs',
    '',
    table(['name', 'default', 'meaning'], inputRows),
    '',
    '## Outputs',
    '',
    table(['name', 'meaning'], outputRows),
  ].join('\n');
}

/** The README with its tables as action.yml says. */
export function withTables(readme, actionYml, name) {
  const [before, rest, ...more] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined || more.length > 0) {
    throw new Error(`actions/${name}/README.md must hold once: ${BEGIN} … ${END}`);
  }
  return `${before}${BEGIN}\n\n${tables(actionYml)}\n\n${END}${after}`;
}

/** Writes the tables of all READMEs, or says which are wrong. Returns how many are. */
export function writeReadmes(check) {
  let wrong = 0;
  for (const name of actions) {
    const path = join(root, 'actions', name, 'README.md');
    const readme = readFileSync(path, 'utf8');
    const expected = withTables(readme, readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8'), name);
    if (readme === expected) continue;
    wrong++;
    if (check) console.error(`actions/${name}/README.md is not what action.yml says; fix: npm run readmes`);
    else writeFileSync(path, expected);
  }
  return check ? wrong : 0;
}
