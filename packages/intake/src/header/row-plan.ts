import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { DatetimeFormat } from '@sensor-warehouse/model/time/datetime-format';
import type { Header } from './header';

/** How the rows of one file are read; decided before the first row. */
export interface RowPlan {
  readonly datasource: Datasource;
  /** Line of the header: rows come after it. */
  readonly headerLine: number;
  readonly header: Header;
  /** The one of the datasource's formats in which the file's times are written. */
  readonly format: DatetimeFormat;
}
