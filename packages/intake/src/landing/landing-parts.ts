import { rm } from 'node:fs/promises';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import type { DoubledHours } from '../cells/doubled-hours';
import {
  constantOffsets,
  localise,
  openRun,
  type RowBefore,
  type TimeOrder,
  timeOrderOf,
  type Undecided,
} from '../cells/localise';
import type { Period } from '../report/report';
import { type Chunk, dropRows } from './chunk';
import { type LandingColumns, writeLanding } from './landing';

/** The landing of one export while it is written, as files of bounded size. */
export interface LandingParts {
  /** Writes the chunk and empties it, but for the rows of a doubled hour that may continue. */
  write(chunk: Chunk, last: boolean): Promise<void>;
  /** Removes what was written: the file is refused. */
  discard(): Promise<void>;
  readonly landed: number;
  /** Cells with a value in the rows that landed, as they were written. */
  readonly readings: number;
  /** Undefined as long as nothing landed. */
  readonly period: Period | undefined;
  readonly undecided: Undecided;
  /** Most frequent distance between neighbouring rows, in milliseconds; undefined before anything is written. */
  readonly interval: number | undefined;
}

/** Special handling of an export's times; most need none. */
export interface ParticularTimes {
  /** Only for a long export; in others the rows of one sensor follow each other and resolve it themselves. */
  readonly doubled?: DoubledHours | undefined;
  /** Makes the instants of labels, which are the ends of intervals, those of their starts. */
  readonly toStarts?: ((instants: Float64Array, chunk: Chunk) => void) | undefined;
}

/** The columns of a source's landing besides times and lines, in the order of the chunk. */
export interface LandedColumns {
  readonly columns: LandingColumns;
  /** The columns of values. */
  readonly labels: readonly string[];
  /** The columns of texts. */
  readonly names: readonly { readonly label: string; readonly dictionary: readonly string[] }[];
}

/** @param stem path of the parts without `-000.parquet` */
export function openLandingParts(
  stem: string,
  ordinal: number,
  { columns, labels, names }: LandedColumns,
  zone: Zone,
  { doubled, toStarts }: ParticularTimes = {},
): LandingParts {
  const written: string[] = [];
  let landed = 0;
  let readings = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let undecidedCount = 0;
  let undecidedLine = 0;
  let unrepeatedCount = 0;
  let order: TimeOrder | undefined;
  let rowBefore: RowBefore | undefined;
  return {
    get landed() {
      return landed;
    },
    get readings() {
      return readings;
    },
    get period() {
      return landed === 0 ? undefined : { first, last };
    },
    get undecided() {
      return doubled?.undecided ?? { count: undecidedCount, line: undecidedLine, unrepeated: unrepeatedCount };
    },
    get interval() {
      return order?.interval;
    },
    async write(chunk, isLast) {
      const walls = chunk.walls.subarray(0, chunk.count);
      order ??= timeOrderOf(walls);
      const open = isLast || doubled !== undefined ? 0 : openRun(walls, zone);
      // A doubled hour of more rows than this is a clock that stands still: it is cut, so that memory stays bounded.
      const count = open > chunk.most / 2 ? chunk.count : chunk.count - open;
      if (count === 0 && !(isLast && written.length === 0)) return;
      const { instants, undecided, unrepeated } =
        doubled === undefined
          ? localise(walls.subarray(0, count), zone, order, rowBefore)
          : {
              instants: instantsOf(walls.subarray(0, count), chunk.lines, doubled, zone),
              undecided: [],
              unrepeated: 0,
            };
      if (undecided.length > 0) {
        if (undecidedCount === 0) undecidedLine = chunk.lines[undecided.reduce((first, row) => Math.min(first, row))]!;
        undecidedCount += undecided.length;
        unrepeatedCount += unrepeated;
      }
      if (count > 0) {
        const before = count > 1 ? walls[count - 2] : rowBefore?.wall;
        rowBefore = { wall: walls[count - 1]!, instant: instants[count - 1]!, isRepeated: before === walls[count - 1] };
      }
      toStarts?.(instants, chunk);
      const path = `${stem}-${String(written.length).padStart(3, '0')}.parquet`;
      written.push(path);
      readings += await writeLanding(path, columns, {
        count,
        time: instants,
        line: chunk.lines,
        values: new Map(labels.map((label, v) => [label, chunk.values[v]!])),
        texts: new Map(names.map(({ label, dictionary }, t) => [label, { codes: chunk.texts[t]!, dictionary }])),
        ordinal,
      });
      landed += count;
      for (let row = 0; row < count; row++) {
        if (instants[row]! < first) first = instants[row]!;
        if (instants[row]! > last) last = instants[row]!;
      }
      dropRows(chunk, count);
    },
    async discard() {
      for (const path of written) await rm(path, { force: true });
    },
  };
}

function instantsOf(walls: Float64Array, lines: Int32Array, { instants }: DoubledHours, zone: Zone): Float64Array {
  const offsetOn = constantOffsets(zone);
  return walls.map((wall, row) => {
    const offset = offsetOn(wall);
    return Number.isNaN(offset) ? (instants.get(lines[row]!) ?? zone.resolve(wall).first) : wall - offset;
  });
}
