import type { DatetimeFormat } from './datetime-format';

/** Which of the declared formats a file has, or why that cannot be told. */
export type FormatVerdict =
  | { readonly kind: 'decided'; readonly format: DatetimeFormat }
  | { readonly kind: 'mixed' | 'ambiguous'; readonly evidence: string };

interface Candidate {
  readonly format: DatetimeFormat;
  previous: number;
  impossible: number;
  jumps: number;
  latest: number;
  /** Sum of all wall times: two candidates with equal sums and no jumps between them read the file alike. */
  checksum: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Watches the time cells of a file under every declared format at once. */
export interface FormatWatch {
  see(bytes: Uint8Array, start: number, end: number): void;
  decide(ownDay: number | undefined): FormatVerdict;
}

/**
 * Decides the order of day and month: by dates that do not exist, by jumps between neighbouring rows, by the
 * export's own date. If none of them decides and the readings differ, the file is ambiguous.
 */
export function watchFormats(formats: readonly DatetimeFormat[]): FormatWatch {
  const candidates: Candidate[] = formats.map((format) => ({
    format,
    previous: Number.NaN,
    impossible: 0,
    jumps: 0,
    latest: Number.NEGATIVE_INFINITY,
    checksum: 0,
  }));
  const walls = new Float64Array(formats.length);
  return {
    see(bytes, start, end) {
      let readable = 0;
      for (let c = 0; c < candidates.length; c++) {
        walls[c] = candidates[c]!.format.read(bytes, start, end);
        if (!Number.isNaN(walls[c]!)) readable++;
      }
      // A cell that no format reads is a bad row, and says nothing about the order.
      if (readable === 0) return;
      for (let c = 0; c < candidates.length; c++) {
        const candidate = candidates[c]!;
        const wall = walls[c]!;
        if (Number.isNaN(wall)) {
          candidate.impossible++;
          continue;
        }
        if (Math.abs(wall - candidate.previous) > 36 * HOUR) candidate.jumps++;
        candidate.previous = wall;
        if (wall > candidate.latest) candidate.latest = wall;
        candidate.checksum += wall % 8_640_000_000_000;
      }
    },
    decide(ownDay) {
      const possible = candidates.filter((candidate) => candidate.impossible === 0);
      if (possible.length === 0) {
        const evidence = candidates.map((one) => `${one.format.text} cannot read ${one.impossible} rows`).join(', ');
        return { kind: 'mixed', evidence };
      }
      const alike = possible.every(
        (one) => one.checksum === possible[0]!.checksum && one.latest === possible[0]!.latest,
      );
      if (possible.length === 1 || alike) return { kind: 'decided', format: possible[0]!.format };
      const fewest = Math.min(...possible.map((one) => one.jumps));
      const steadiest = possible.filter((one) => one.jumps === fewest);
      if (steadiest.length === 1) return { kind: 'decided', format: steadiest[0]!.format };
      if (ownDay !== undefined) {
        const matching = steadiest.filter((one) => Math.abs(Math.floor(one.latest / DAY) - ownDay) <= 1);
        if (matching.length === 1) return { kind: 'decided', format: matching[0]!.format };
      }
      const evidence = steadiest
        .map((one) => `${one.format.text} ends on ${new Date(one.latest).toISOString().slice(0, 10)}`)
        .join(', ');
      return { kind: 'ambiguous', evidence };
    },
  };
}

/** The day an export names itself, in its preamble (2024-10-31) or its file name (20241031); days since the epoch. */
export function ownDayOf(preamble: string, fileName: string): number | undefined {
  const match =
    /(\d{4})-(\d{2})-(\d{2})/.exec(preamble) ?? /(?:^|[^0-9])(20\d{2})-?(\d{2})-?(\d{2})(?:[^0-9]|$)/.exec(fileName);
  if (match === null) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY;
  return Number.isNaN(day) ? undefined : day;
}
