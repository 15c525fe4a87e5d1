import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Lines around a change that are shown. */
const CONTEXT = 3;

/** The change between two texts of the project, as a diff for `git apply`; '' if there is none. */
export function textDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const from = before === '' ? '/dev/null' : `a/${path}`;
  const patch = createTwoFilesPatch(from, `b/${path}`, before, after, undefined, undefined, {
    context: CONTEXT,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return before === '' ? `diff --git a/${path} b/${path}\nnew file mode 100644\n${patch}` : patch;
}
