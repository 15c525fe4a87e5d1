import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type CheckedFile, checkFile, doubt, type Stored } from '../layout/check-file';
import { type Pointer, STABLE, shownVersion } from '../layout/pointer';
import { isMarkerOf } from '../publish-parquet/stable-copies';
import type { OpenWarehouse } from '../run/context';

/** The copies under stable names, and the marker that says which generation they belong to. */
export async function checkStable(
  context: OpenWarehouse,
  pointer: Pointer,
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile> {
  if (pointer.generation === 0) return { checked: 0, findings: [] };
  const findings: Finding[] = [];
  const marker = await context.warehouse.readText(STABLE);
  if (marker === undefined)
    findings.push(doubt({ code: 'file-absent', file: STABLE, message: 'the stable copies are missing' }));
  else if (!isMarkerOf(pointer, marker, `${context.warehouse.name}/${STABLE}`)) {
    const message = 'the marker of the stable copies does not match the pointer';
    findings.push(doubt({ code: 'file-damaged', file: STABLE, message }));
  }
  for (const file of shownVersion(pointer).files) {
    const stable = { ...file, path: `public/${file.path.split('/').at(-1)!}` };
    const found = await checkFile(context, stable, stored, everyByte);
    if (found !== undefined) findings.push(found);
  }
  return { checked: 1 + shownVersion(pointer).files.length, findings };
}
