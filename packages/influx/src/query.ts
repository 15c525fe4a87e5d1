import { HttpError } from '@influxdata/influxdb-client';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { CutResult, ErrorTable, readAnnotatedCsv, type TakeRow } from './annotated-csv';
import { refused } from './failures';
import { Again, failureOfReply, type Patience, persist, requireLasting } from './patience';
import { type Connection, stream } from './transport';

/** No annotations: nothing here depends on the types that the server names. */
const DIALECT = { header: true, delimiter: ',', annotations: [], commentPrefix: '#' };
/** An error within a result may be a server that is going down; after so many it is the query. */
const MOST_ERROR_TABLES = 3;

/** A query, and what is set before it runs. */
export interface FluxQuery {
  readonly flux: string;
  /** A syntax tree beside the text: it passes values to the query without making them part of its text. */
  readonly extern?: object;
}

/**
 * Runs a Flux query and reads its result as it comes. A result that is cut off is asked for again from its beginning.
 * @param begin starts to read a result: forgets what was read of the previous one
 * @throws Failure
 */
export async function query(
  connection: Connection,
  what: string,
  { flux, extern }: FluxQuery,
  patience: Patience,
  begin: () => (header: readonly string[]) => TakeRow,
): Promise<void> {
  const path = `/api/v2/query?${new URLSearchParams({ org: connection.org })}`;
  let errorTables = 0;
  await persist(connection, what, patience, async (left) => {
    try {
      await readAnnotatedCsv(
        stream(connection, path, { query: flux, dialect: DIALECT, ...(extern === undefined ? {} : { extern }) }, left),
        begin(),
      );
    } catch (error) {
      if (error instanceof CutResult) throw new Again(`the result is cut off: ${error.message}`);
      if (error instanceof ErrorTable) {
        if (++errorTables < MOST_ERROR_TABLES) throw new Again(printable(error.message));
        throw refused(connection, what, printable(error.message));
      }
      // A value that is neither a number nor a time.
      if (error instanceof RangeError) throw refused(connection, what, printable(error.message));
      if (!(error instanceof HttpError)) throw error;
      const reply = { status: error.statusCode, headers: error.headers ?? {}, body: error.body ?? '' };
      requireLasting(reply);
      throw failureOfReply(connection, what, reply);
    }
  });
}
