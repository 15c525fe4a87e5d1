// node scripts/slowest-tests.mjs [REPORT]: the page bench/slowest-tests.md, of the last run of all tests.

import { join, sep } from 'node:path';
import { cell } from './markdown-table.mjs';
import { calledDirectly, readJson, root } from './setup.mjs';

/** @returns the slowest tests of vitest's report, with the seconds they took, their file, and the sentence that is their name */
export function slowestTests({ testResults }, most = 20) {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ duration, fullName }) => ({
      seconds: (duration ?? 0) / 1000,
      file: name
        .split(sep)
        .join('/')
        .replace(/^.*?\/(?=(packages\/[^/]+\/test|actions\/[^/]+\/test|test)\/)/, ''),
      proves: fullName.trim(),
    })),
  );
  return tests.sort((a, b) => b.seconds - a.seconds).slice(0, most);
}

/** A table of Markdown. */
export function table(tests) {
  const rows = tests.map(({ seconds, file, proves }) => {
    const cells = [seconds.toFixed(0), `\`${file}\``, proves];
    return `| ${cells.map((text) => cell(text).replaceAll('<', '&lt;')).join(' | ')} |`;
  });
  return ['| seconds | file | what it proves |', '| ---: | --- | --- |', ...rows].join('\n');
}

if (calledDirectly(import.meta.url)) {
  const report = process.argv[2] ?? join(root, 'build', 'vitest.json');
  console.log('# The twenty slowest tests, and what they prove\n');
  console.log(
    'Made by `node scripts/slowest-tests.mjs > bench/slowest-tests.md` from the report of a run of all tests.\n',
  );
  console.log(table(slowestTests(readJson(report))));
}
