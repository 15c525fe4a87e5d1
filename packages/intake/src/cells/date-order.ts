import type { DatetimeFormat } from '@sensor-warehouse/model/time/datetime-format';
import { DAY, HOUR } from '@sensor-warehouse/model/time/units';

/** The declared format of a file, or why it cannot be determined. */
export type FormatVerdict =
  | { readonly kind: 'decided'; readonly format: DatetimeFormat }
  | { readonly kind: 'mixed' | 'ambiguous'; readonly line: number; readonly evidence: string };

interface Candidate {
  readonly format: DatetimeFormat;
  previous: number;
  /** First line whose time another format can read but this one cannot; 0 if there is none. */
  impossibleAt: number;
  jumps: number;
  latest: number;
}

/** Watches the time cells of a file under every declared format at once. */
export interface FormatWatch {
  /** Returns how many formats are still possible. */
  see(bytes: Uint8Array, start: number, end: number, line: number): number;
  decide(ownDay: number | undefined): FormatVerdict;
}

/**
 * Decides the order of day and month: by dates that do not exist, by jumps between neighbouring rows, by the
 * export's own date. If none of them decides, or the last two contradict each other, the file is ambiguous.
 */
export function watchFormats(formats: readonly DatetimeFormat[]): FormatWatch {
  const candidates: Candidate[] = formats.map((format) => ({
    format,
    previous: Number.NaN,
    impossibleAt: 0,
    jumps: 0,
    latest: Number.NEGATIVE_INFINITY,
  }));
  const walls = new Float64Array(formats.length);
  /** For each pair of formats, whether they ever read a cell differently. */
  const unlike = formats.map(() => formats.map(() => false));
  let possible = formats.length;
  let lastLine = 0;
  return {
    see(bytes, start, end, line) {
      // Rows of one hour add nothing about the order of day and month.
      if (formats.every((format) => format.isLastHour(bytes, start, end))) return possible;
      let readable = 0;
      for (let c = 0; c < candidates.length; c++) {
        walls[c] = candidates[c]!.format.read(bytes, start, end);
        if (!Number.isNaN(walls[c]!)) readable++;
      }
      // A cell that no format reads is a bad row, not evidence for an order.
      if (readable === 0) return possible;
      lastLine = line;
      for (let c = 0; c < candidates.length; c++) {
        const candidate = candidates[c]!;
        const wall = walls[c]!;
        if (Number.isNaN(wall)) {
          if (candidate.impossibleAt === 0) {
            candidate.impossibleAt = line;
            possible--;
          }
          continue;
        }
        if (Math.abs(wall - candidate.previous) > 36 * HOUR) candidate.jumps++;
        candidate.previous = wall;
        if (wall > candidate.latest) candidate.latest = wall;
        for (let other = 0; other < c; other++) if (wall !== walls[other]) unlike[other]![c] = true;
      }
      return possible;
    },
    decide(ownDay) {
      const open = candidates.filter((candidate) => candidate.impossibleAt === 0);
      if (open.length === 0) {
        const evidence = candidates.map((one) => `${one.format.text} cannot read line ${one.impossibleAt}`).join(', ');
        return { kind: 'mixed', line: Math.max(...candidates.map((one) => one.impossibleAt)), evidence };
      }
      const [one, ...others] = open.map((candidate) => candidates.indexOf(candidate));
      if (others.every((other) => !unlike[one!]![other])) return { kind: 'decided', format: open[0]!.format };
      const fewest = Math.min(...open.map((one) => one.jumps));
      const steadiest = open.filter((one) => one.jumps === fewest);
      // An export ends on the day it was made, or before.
      const lastDay = (one: Candidate) => Math.floor(one.latest / DAY) - (ownDay ?? Number.NaN);
      const onOwnDay = open.filter((one) => Math.abs(lastDay(one)) <= 1);
      const notAfter = open.filter((one) => lastDay(one) <= 1);
      const supported = onOwnDay.length > 0 ? onOwnDay : notAfter.length > 0 ? notAfter : open;
      const agreed = steadiest.filter((one) => supported.includes(one));
      if (agreed.length === 1) return { kind: 'decided', format: agreed[0]!.format };
      const evidence = open
        .map((one) => `${one.format.text} ends on ${new Date(one.latest).toISOString().slice(0, 10)}`)
        .join(', ');
      return { kind: 'ambiguous', line: lastLine, evidence };
    },
  };
}

/**
 * The day that the export itself gives, in its preamble (2024-10-31) or its file name (20241031); days since the epoch.
 */
export function ownDayOf(preamble: string, fileName: string): number | undefined {
  const match =
    /(\d{4})-(\d{2})-(\d{2})/.exec(preamble) ?? /(?:^|[^0-9])(20\d{2})-?(\d{2})-?(\d{2})(?:[^0-9]|$)/.exec(fileName);
  if (match === null) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY;
  return Number.isNaN(day) ? undefined : day;
}
