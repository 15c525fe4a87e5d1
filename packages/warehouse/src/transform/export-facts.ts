import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import type { Month } from '@sensor-warehouse/model/time/month';

/** What export_facts.py reads. */
export interface FactOrder {
  /** The database that dbt built, and the folder of the landing. */
  readonly database: string;
  readonly landing: string;
  /** Where the facts are written. */
  readonly facts: string;
  /** Locations that have a public name. */
  readonly locations: readonly string[];
  /** Datasource → columns of its landing, to be counted. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/** What export_facts.py prints. */
export interface FactCounts {
  /** Rows of the file, counted in it. */
  readonly rows: number;
  /** In the order of the file. */
  readonly series: readonly (readonly [
    datasource: string,
    month: Month,
    location: string,
    source: string,
    measurement: Measurement,
    dataKey: string,
    facts: number,
  ])[];
  /** By upload, if known, and by reason; `found` names what the configuration lacks. */
  readonly rejected: readonly (readonly [
    datasource: string | null,
    file: string | null,
    reason: string,
    readings: number,
    found: string | null,
  ])[];
  /** Facts without a time or a finite number. */
  readonly nothings: number;
  /** Facts whose number looks like one of four bytes in eight, with the least as it is and as it may have been meant. */
  readonly floats: readonly (readonly [
    datasource: string,
    dataKey: string,
    facts: number,
    least: number,
    meant: string,
  ])[];
  /** Cells with a value, by column and upload, of the columns that were asked for. */
  readonly columns: Readonly<Record<string, readonly (readonly [column: string, file: string, cells: number])[]>>;
}
