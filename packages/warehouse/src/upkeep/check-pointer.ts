import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import { type CheckedFile, doubt, type Stored } from '../layout/check-file';
import { POINTER_COPIES, type Pointer, parsePointer } from '../layout/pointer';
import { type PointerCopy, pointerCopyPath } from '../layout/pointer-copies';
import { lessThan } from '../layout/pointer-less';

/** Whether the pointer has a copy, has all that its newest copy has, and is counted right. */
export async function checkPointer(
  warehouse: Store,
  pointer: Pointer,
  text: string,
  stored: Stored,
): Promise<CheckedFile> {
  const copies = await checkCopies(warehouse, stored);
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
async function checkCopies(warehouse: Store, stored: Stored) {
  const findings: Finding[] = [];
  let newest: Pick<PointerCopy, 'path' | 'pointer'> | undefined;
  const paths = [...stored.keys()].filter((path) => path.startsWith(`${POINTER_COPIES}/`)).sort();
  for (const path of paths) {
    const text = (await warehouse.readText(path)) ?? '';
    const isNamed = path.endsWith(`-${sha256OfBytes(text).slice(0, 8)}.json`);
    const pointer = isNamed ? parsedOr(() => parsePointer(warehouse, path, text)) : undefined;
    if (pointer === undefined) {
      findings.push(
        doubt({ code: 'pointer-copy-damaged', file: path, message: 'a copy of the pointer does not match its name' }),
      );
    } else if (pointer.generation >= (newest?.pointer.generation ?? 0)) newest = { path, pointer };
  }
  return { checked: paths.length, findings, newest };
}

/** Undefined for a damaged document; one of a newer format is not damage. */
function parsedOr<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Failure && error.details.class === 'remote-permanent') return undefined;
    throw error;
  }
}
