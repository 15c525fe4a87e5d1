import type { ConnectedServer } from '@sensor-warehouse/influx/connect';
import type { Patience } from '@sensor-warehouse/influx/patience';

/** A server, and how it is used. */
export interface ServerInUse {
  readonly server: ConnectedServer;
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly patience: Patience;
}
