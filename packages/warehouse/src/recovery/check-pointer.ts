import { Failure } from '@sensor-warehouse/model/failure';
import type { Finding } from '@sensor-warehouse/model/finding';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';
import { POINTER, POINTER_COPIES, type Pointer, parsePointer } from '../pointer';
import { type Checked, doubt, type Stored } from './check-file';
import { type PointerCopy, pointerCopyPath } from './pointer-copies';

/** Whether the pointer has a copy, has all that its newest copy has, and is counted right. */
export async function checkPointer(context: Context, pointer: Pointer, text: string, stored: Stored): Promise<Checked> {
  const copies = await checkCopies(context, stored);
  const findings = [...copies.findings];
  const own = pointerCopyPath(pointer, text);
  if (pointer.generation > 0 && !stored.has(own))
    findings.push(doubt({ code: 'pointer-copy-absent', file: own, message: 'the pointer has no copy' }));
  if (copies.newest !== undefined) findings.push(...lessThan(pointer, copies.newest));
  const hours = pointer.partitions.reduce((total, { aggregates }) => total + aggregates.rows, 0);
  const rows = pointer.public.files.find(({ path }) => path.endsWith('.parquet'))?.rows ?? 0;
  if (rows < hours) {
    const message = `the dataset has ${rows} rows, its partitions ${hours} hours`;
    findings.push(doubt({ code: 'row-count', file: pointer.public.version, message }));
  }
  return { checked: 1 + copies.checked, findings };
}

/** Reads every copy: each must be a pointer, and what its name says. */
async function checkCopies({ warehouse }: Context, stored: Stored) {
  const findings: Finding[] = [];
  let newest: Pick<PointerCopy, 'path' | 'pointer'> | undefined;
  const paths = [...stored.keys()].filter((path) => path.startsWith(`${POINTER_COPIES}/`)).sort();
  for (const path of paths) {
    const text = (await warehouse.readText(path)) ?? '';
    const isNamed = path.endsWith(`-${sha256OfBytes(text).slice(0, 8)}.json`);
    const pointer = isNamed ? parsedOr(() => parsePointer(warehouse, path, text)) : undefined;
    if (pointer === undefined) {
      findings.push(
        doubt({ code: 'pointer-copy-damaged', file: path, message: 'a copy of the pointer is not what its name says' }),
      );
    } else if (pointer.generation >= (newest?.pointer.generation ?? 0)) newest = { path, pointer };
  }
  return { checked: paths.length, findings, newest };
}

/** Undefined for a damaged document; one of a newer format is no damage. */
function parsedOr<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Failure && error.details.class === 'remote-permanent') return undefined;
    throw error;
  }
}

/** What a pointer lacks that a copy has: publications add, and take nothing away. */
export function lessThan(pointer: Pointer, { path, pointer: copy }: Pick<PointerCopy, 'path' | 'pointer'>): Finding[] {
  const lacks: string[] = [];
  if (pointer.generation < copy.generation)
    lacks.push(`it is of generation ${pointer.generation}, its newest copy of ${copy.generation}`);
  for (const [datasource, consumed] of Object.entries(copy.consumed)) {
    const now = pointer.consumed[datasource] ?? 0;
    if (now < consumed) lacks.push(`${datasource} has consumed ${now}, and had consumed ${consumed}`);
  }
  for (const { datasource, month, archive } of copy.partitions) {
    const now = pointer.partitions.find((one) => one.datasource === datasource && one.month === month);
    if (now === undefined) lacks.push(`${datasource} ${month} is not there, with ${archive.rows} readings`);
  }
  for (const { datasource, generation } of copy.settled)
    if (!pointer.settled.some((one) => one.datasource === datasource && one.generation === generation))
      lacks.push(`what was settled of ${datasource} in generation ${generation} is not there`);
  for (const { month } of copy.legacy ?? [])
    if (!(pointer.legacy ?? []).some((one) => one.month === month))
      lacks.push(`the imported hours of ${month} are not there`);
  if (lacks.length === 0) return [];
  return [
    {
      code: 'pointer-less',
      severity: 'warning',
      file: POINTER,
      count: lacks.length,
      found: lacks.slice(0, 5).join('; '),
      expected: `all that ${path} has`,
      message: 'the pointer has less than its newest copy',
      fix: `to have that back, put ${path} in the place of ${POINTER}; to do without it, remove ${path}; then run \`warehouse heal\``,
    },
  ];
}
