/** Rows of an export as they are read, before their times are instants: a piece of the file, of bounded size. */
export interface Chunk {
  count: number;
  /** Rows that fit before the arrays must grow. */
  capacity: number;
  /** Rows at which the chunk is written. */
  readonly most: number;
  walls: Float64Array<ArrayBuffer>;
  lines: Int32Array<ArrayBuffer>;
  /** One array for each column of values; NaN where a cell is empty. */
  values: Float64Array<ArrayBuffer>[];
  /** One array for each column of texts: places in the column's dictionary. */
  texts: Int32Array<ArrayBuffer>[];
}

const MOST_ROWS = 1 << 18;
const FIRST_ROWS = 1 << 15;
const MOST_CELLS = 1 << 22;

/** @param mostRows at which the chunk is written; fewer where a row has many columns */
export function newChunk(columns: number, texts = 0, mostRows = MOST_ROWS): Chunk {
  const most = Math.min(mostRows, Math.floor(MOST_CELLS / (columns + texts + 2)));
  const capacity = Math.min(most, FIRST_ROWS);
  return {
    count: 0,
    capacity,
    most,
    walls: new Float64Array(capacity),
    lines: new Int32Array(capacity),
    values: Array.from({ length: columns }, () => new Float64Array(capacity)),
    texts: Array.from({ length: texts }, () => new Int32Array(capacity)),
  };
}

/** Doubles the room, up to the most rows that the chunk may hold. */
export function growChunk(chunk: Chunk): void {
  const capacity = Math.min(chunk.most, chunk.capacity * 2);
  const grown = (array: Float64Array<ArrayBuffer>) => {
    const larger = new Float64Array(capacity);
    larger.set(array);
    return larger;
  };
  const grownWhole = (array: Int32Array<ArrayBuffer>) => {
    const larger = new Int32Array(capacity);
    larger.set(array);
    return larger;
  };
  chunk.lines = grownWhole(chunk.lines);
  chunk.walls = grown(chunk.walls);
  chunk.values = chunk.values.map(grown);
  chunk.texts = chunk.texts.map(grownWhole);
  chunk.capacity = capacity;
}

/** Moves the rows from `from` on to the beginning of the chunk. */
export function dropRows(chunk: Chunk, from: number): void {
  for (const array of [chunk.walls, chunk.lines, ...chunk.values, ...chunk.texts])
    array.copyWithin(0, from, chunk.count);
  chunk.count -= from;
}
