import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { HttpLimits } from '@sensor-warehouse/storage/http/get';
import type { Remotes } from '@sensor-warehouse/storage/remotes';
import type { Store } from '@sensor-warehouse/storage/store';

/** How APIs are asked. */
export interface ApiAccess {
  /** A secret by its name; undefined if there is none. */
  readonly secretOf: (name: string) => string | undefined;
  /** Whether a server of this machine may be asked, to try an API out. */
  readonly loopback: boolean;
  /** Other limits than the usual ones. */
  readonly limits?: HttpLimits;
}

/** How many months of one source are merged at a time, if nobody says another number. */
export const WINDOW_MONTHS = 2;

/** What every stage gets. Plain data and the outside world; nothing else is read from the environment. */
export interface Context {
  readonly configuration: Configuration;
  /** The folder with `dbt_project.yml`, `seeds/` and `models/`. */
  readonly project: string;
  /** The file of the running program: its bytes name the code. */
  readonly program: string;
  /** Scratch folder that the stages of one job share. */
  readonly work: string;
  readonly remotes: Remotes;
  readonly warehouse: Store;
  readonly apis: ApiAccess;
  /** The run's clock, milliseconds since the epoch; read once. */
  readonly now: number;
  /** How many months of one source are merged and aggregated at a time: what a run holds in memory, and InfluxDB at once. */
  readonly windowMonths: number;
  /** Say what would be done, and change nothing outside the work folder. */
  readonly dryRun: boolean;
  /** One line of progress. */
  readonly say: (line: string) => void;
}
