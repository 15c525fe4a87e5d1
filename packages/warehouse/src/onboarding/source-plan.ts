import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';

/** A new source, with everything that its seeds have to say. */
export interface SourcePlan {
  readonly id: string;
  /** Fields of `datasources_config.csv`; those that are as the default are left out. */
  readonly row: Readonly<Record<string, string>>;
  readonly layout: Datasource['layout'];
  /** The location is '' where the sensor says it. */
  readonly columns: readonly PlannedColumn[];
  readonly sensors: readonly { readonly sensor: string; readonly location: string }[];
  readonly ignored: readonly { readonly column: string; readonly reason: string }[];
  /** Data_keys that are not declared yet, as rows of `data_keys.csv`. */
  readonly dataKeys: readonly Readonly<Record<string, string>>[];
  /** Locations that are not listed yet. */
  readonly publicNames: readonly { readonly from: string; readonly to: string }[];
  /** For an API: the text of `seeds/apis/<id>.json`. */
  readonly apiSettings?: string;
}

export interface PlannedColumn {
  readonly label: string;
  readonly dataKey: string;
  readonly location: string;
}

/** Input for settling columns, besides the sample and the answers. */
export interface SourceOfColumns {
  readonly id: string;
  readonly locations: 'of-columns' | 'of-sensors';
  readonly dataKeys: Configuration['dataKeys'];
}
