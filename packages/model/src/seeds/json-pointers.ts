import { quoted } from '../findings/finding';
import type { Complain } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Names with points between them, `[2]` for an item, and `[]` once for an array whose items are the records. */
const STEP = '[^.[\\]\\s][^.[\\]]*(\\[[0-9]{1,6}\\])*';
const POINTER = new RegExp(`^(${STEP}(\\.${STEP})*|(${STEP}\\.)*${STEP}\\[\\](\\[[0-9]{1,6}\\])*(\\.${STEP})*)$`);

/**
 * Refuses pointers that cannot be read, or that would give a value to records that it is not of: into two arrays, whose
 * items are beside each other by chance alone, or, for a reading, beside the array of records.
 * @param pointers label → pointer, of JSON alone
 * @param values labels of readings
 */
export function checkPointers(
  row: SeedRow,
  pointers: ReadonlyMap<string, string>,
  values: readonly string[],
  complain: Complain,
): void {
  const wrong = (found: string, expected: string, message: string, fix: string) =>
    complain({
      seed: 'datasources_config',
      line: row.line,
      column: 'required_columns',
      found: quoted(found),
      expected,
      message,
      fix,
    });
  for (const [label, pointer] of pointers) {
    if (!POINTER.test(pointer))
      wrong(
        `${label}=${pointer}`,
        'names separated by dots, such as list[].main.temp',
        'the pointer cannot be read',
        'correct it; [] occurs once, after the array of records',
      );
  }
  const arrays = new Set([...pointers.values()].filter(namesRecords).map((pointer) => pointer.split('[]')[0]!));
  if (arrays.size > 1)
    wrong(
      [...arrays].join(', '),
      'pointers into one array',
      'the pointers name more than one array of records',
      'ask the interface for one list of records; parallel lists cannot be read',
    );
  if (arrays.size === 0) return;
  for (const label of values.filter((one) => !namesRecords(pointers.get(one) ?? one)))
    wrong(
      pointers.get(label) ?? label,
      `a pointer into ${[...arrays][0]}[]`,
      `the column ${quoted(label)} holds readings, and its pointer names one value for all records`,
      `write ${label}=${[...arrays][0]}[].…`,
    );
}

function namesRecords(pointer: string): boolean {
  return pointer.includes('[]');
}
