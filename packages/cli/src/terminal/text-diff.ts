import { createTwoFilesPatch } from 'diff';

/** Lines around a change that are shown. */
const CONTEXT = 3;

/** What changed between two texts of the project, as a diff that `git apply` takes; '' for the same. */
export function textDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(before === '' ? '/dev/null' : `a/${path}`, `b/${path}`, before, after, '', '', {
    context: CONTEXT,
  });
  // The library's first line, a row of =, is none of git's.
  const body = patch.replace(/^=+\n/, '').replace(/^(---|\+\+\+) (.*?)\t*$/gm, '$1 $2');
  return before === '' ? `diff --git a/${path} b/${path}\nnew file mode 100644\n${body}` : body;
}
