import { type ExportTable, textOf } from './export-table';

/** An export that changed its form, and everything that must be said of it. */
export interface DriftCase {
  /** What the test is called. */
  readonly sentence: string;
  /** The export that it was made of. */
  readonly original: ExportTable;
  readonly bytes: string | Buffer;
  readonly fileName: string;
  readonly verdict: 'accepted' | 'refused';
  /** `severity code column`, with - for what a finding does not have; infos about ignored columns are left out. */
  readonly findings: readonly string[];
  /** New label → the column that it stands for, in what the findings offer to accept. */
  readonly renames: Readonly<Record<string, string>>;
  /** `column=value` of the source's row that the findings offer. */
  readonly settings: readonly string[];
  /** What the first finding must say somewhere. */
  readonly says: RegExp | undefined;
  /** Rows of the original, from its first, that land: the others were never in the file. */
  readonly rows: number;
}

type Expected = Partial<Pick<DriftCase, 'renames' | 'settings' | 'says' | 'fileName'>>;

/** A file of which nothing lands. */
export function refuses(
  sentence: string,
  original: ExportTable,
  changed: ExportTable | string | Buffer,
  findings: readonly string[],
  expected: Expected = {},
): DriftCase {
  return { ...given(sentence, original, changed, findings, expected), verdict: 'refused', rows: 0 };
}

/** A file that lands as the original does, as far as it goes. */
export function accepts(
  sentence: string,
  original: ExportTable,
  changed: ExportTable | string | Buffer,
  findings: readonly string[] = [],
  expected: Expected & { readonly rows?: number } = {},
): DriftCase {
  const { rows = original.rows.length, ...rest } = expected;
  return { ...given(sentence, original, changed, findings, rest), verdict: 'accepted', rows };
}

function given(
  sentence: string,
  original: ExportTable,
  changed: ExportTable | string | Buffer,
  findings: readonly string[],
  { renames = {}, settings = [], says, fileName = original.name }: Expected,
): Omit<DriftCase, 'verdict' | 'rows'> {
  const bytes = typeof changed === 'string' || Buffer.isBuffer(changed) ? changed : textOf(changed);
  return { sentence, original, bytes, fileName, findings, renames, settings, says };
}
