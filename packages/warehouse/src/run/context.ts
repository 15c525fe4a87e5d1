import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { HttpLimits } from '@sensor-warehouse/storage/http/get';
import type { Remotes } from '@sensor-warehouse/storage/remotes';
import type { Store } from '@sensor-warehouse/storage/store';

/** Access to APIs. */
export interface ApiAccess {
  /** A secret by name; undefined if it is not set. */
  readonly secretOf: (name: string) => string | undefined;
  /** Whether a server of this machine may be asked, to try an API out. */
  readonly loopback: boolean;
  /** Other limits than the usual ones. */
  readonly limits?: HttpLimits;
}

/** Default number of months of one source merged at a time. */
export const WINDOW_MONTHS = 2;

/*
 * What a run is made of, in the groups in which functions need it: a signature that asks for `OpenWarehouse & Clock` touches
 * nothing else. A function that needs one thing takes that alone: a `Store`, a `Configuration`, a folder.
 */

export interface Seeds {
  readonly configuration: Configuration;
}

export interface Project extends Seeds {
  /** The folder with `dbt_project.yml`, `seeds/` and `models/`. */
  readonly project: string;
}

export interface Scratch {
  /** Scratch folder that the stages of one job share. */
  readonly work: string;
}

/** A warehouse, and the work folder for fetched files. */
export interface OpenWarehouse extends Scratch {
  readonly warehouse: Store;
}

/** Where uploads are: in remotes, or in the warehouse for answers of an API. */
export interface UploadFolders extends OpenWarehouse {
  readonly remotes: Remotes;
}

export interface Clock {
  /** The run's clock, milliseconds since the epoch; read once. */
  readonly now: number;
}

export interface MonthWindows {
  /**
   * How many months of one source are merged and aggregated at a time; it limits the memory of the run and of InfluxDB.
   */
  readonly windowMonths: number;
}

export interface Progress {
  /** One line of progress. */
  readonly say: (line: string) => void;
}

/** For functions that change something outside the work folder, or report that they would. */
export interface Change extends Progress {
  /** Say what would be done, and change nothing outside the work folder. */
  readonly dryRun: boolean;
}

export interface Apis {
  readonly apis: ApiAccess;
}

/** For functions that run the project's dbt models. */
export interface ModelBuild extends Project, Scratch, Progress {}

/** For functions that read partitions: a damaged table is rebuilt from the others and restored. */
export interface Healing extends OpenWarehouse, Seeds, Clock, Change {}

/** For functions that publish a version: hours from partitions, levels from the project's models. */
export interface Publishing extends Healing, Project {
  /** Whether a person allows this run to change more of the dataset than the limits of a release. */
  readonly acceptsChurn?: boolean;
  /** A second place for readers, besides the warehouse, if there is one. */
  readonly publishTo?: Store | undefined;
}

/** Input of every stage: plain data and the outside world. Nothing else is read from the environment. */
export interface Context extends Publishing, UploadFolders, MonthWindows, Apis {
  /** The file of the running program: its bytes name the code. */
  readonly program: string;
}
