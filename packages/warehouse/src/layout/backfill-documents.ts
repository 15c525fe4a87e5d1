import type { Month } from '@sensor-warehouse/model/time/month';
import type { ChangedPartition } from './changed-partition';

/** Each mode takes the months of the previous one, too; `rebuild` takes all, and makes them from the raw archive. */
export const BACKFILL_MODES = ['missing', 'stale', 'all', 'rebuild'] as const;
export type BackfillMode = (typeof BACKFILL_MODES)[number];

/** Which part of the past to rebuild, and how. */
export interface BackfillOrder {
  /** First and last month, both included. */
  readonly from: Month;
  readonly to: Month;
  /** Left out: every source. */
  readonly datasource?: string;
  readonly mode: BackfillMode;
  /** More (source, month) pairs than this are refused. */
  readonly maxMonths: number;
  /** Whether a rebuilt month may lose readings that nothing explains. */
  readonly allowFewer: boolean;
}

export const MAX_MONTHS = '24';

/** Why a month is rebuilt. */
export type Reason = 'not-published' | 'archive-absent' | 'aggregates-absent' | 'rules-changed' | 'asked-for';

export interface PlannedMonth {
  readonly month: Month;
  readonly reasons: readonly Reason[];
  /** Readings that are published now. */
  readonly readings: number;
}

/** Months of one source that are rebuilt together. */
export interface PlannedWindow {
  /** `<datasource>_<first month>_<last month>`. */
  readonly name: string;
  readonly datasource: string;
  /** From the archive, flagged and aggregated again; or from the raw archive alone. */
  readonly how: 'aggregate' | 'rebuild';
  readonly months: readonly PlannedMonth[];
}

/** `staging/backfill/<digest>/plan.json`: what the jobs after the first work from. */
export interface StagedPlan {
  readonly format: 2;
  /** Names the pointer that the plan follows from (see pointerDigest). */
  readonly pointer: string;
  readonly order: BackfillOrder;
  readonly windows: readonly PlannedWindow[];
  /** What the windows are made with; plans of older versions do not say it. */
  readonly windowMonths?: number;
  readonly code?: string;
}

/** `staging/backfill/<digest>/<window>.json`: its partitions, whose files are in the warehouse under their own names. */
export interface StagedWindow {
  readonly format: 2;
  /** The plan, and the window in it; windows of older versions do not say whose they are. */
  readonly plan?: string;
  readonly window?: string;
  /** Months of the window that came out as they are published, and have no partition here. */
  readonly asBefore?: readonly Month[];
  readonly partitions: readonly ChangedPartition[];
}
