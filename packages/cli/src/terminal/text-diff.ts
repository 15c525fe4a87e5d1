import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Lines around a change that are shown. */
const CONTEXT = 3;

/** What changed between two texts of the project, as a diff that `git apply` takes; '' for the same. */
export function textDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const from = before === '' ? '/dev/null' : `a/${path}`;
  const patch = createTwoFilesPatch(from, `b/${path}`, before, after, undefined, undefined, {
    context: CONTEXT,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return before === '' ? `diff --git a/${path} b/${path}\nnew file mode 100644\n${patch}` : patch;
}
