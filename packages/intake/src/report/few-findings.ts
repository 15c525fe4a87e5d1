import { type Finding, hasErrors } from '@sensor-warehouse/model/findings/finding';

/**
 * The first findings of one file, errors before all others, and one finding that counts the rest. A thousand findings
 * help nobody more than the first hundred, and each is carried through the night and shown.
 */
export function fewFindings(
  findings: readonly Finding[],
  most: number,
  of: Pick<Finding, 'datasource' | 'file'>,
): readonly Finding[] {
  if (findings.length <= most) return findings;
  const isError = ({ severity }: Finding) => severity === 'error';
  const ordered = [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
  const left = ordered.slice(most);
  return [
    ...ordered.slice(0, most),
    {
      ...of,
      severity: hasErrors(left) ? 'error' : 'warning',
      code: 'more-findings',
      count: left.length,
      found: `${findings.length} findings`,
      expected: `at most ${most}`,
      message: 'there are more findings than are shown',
      fix: 'correct these findings first, or raise findings in seeds/limits.csv',
    },
  ];
}
