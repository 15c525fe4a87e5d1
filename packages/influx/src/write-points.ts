import { writeRefused } from './failures';
import { failureOfReply, PATIENCE, type Patience, persist, requireLasting } from './patience';
import { type Batch, pointBatches, type SeriesPoints } from './point-batches';
import { ask, type Connection } from './transport';

/** As many batches are on their way at a time: the server stores one while the next is made. */
const AT_ONCE = 3;

/**
 * Writes points and waits until the server has acknowledged each batch. A batch whose reply is lost is sent again: a
 * point is its series and instant, so twice the same is once.
 * @returns how many points the server acknowledged: all of them
 * @throws Failure (remote-permanent) if it refused some, with its reason and how many
 */
export async function writePoints(
  connection: Connection,
  bucket: string,
  series: Iterable<SeriesPoints>,
  patience: Patience = PATIENCE,
): Promise<number> {
  let acknowledged = 0;
  let failed: { readonly error: unknown } | undefined;
  const onTheirWay = new Set<Promise<void>>();
  for (const batch of pointBatches(series)) {
    while (onTheirWay.size >= AT_ONCE) await Promise.race(onTheirWay);
    if (failed !== undefined) break;
    const sent = send(connection, bucket, batch, patience).then(
      () => {
        acknowledged += batch.points;
        onTheirWay.delete(sent);
      },
      (error: unknown) => {
        failed ??= { error };
        onTheirWay.delete(sent);
      },
    );
    onTheirWay.add(sent);
  }
  await Promise.all(onTheirWay);
  if (failed !== undefined) throw failed.error;
  return acknowledged;
}

async function send(connection: Connection, bucket: string, batch: Batch, patience: Patience): Promise<void> {
  const query = new URLSearchParams({ org: connection.org, bucket, precision: batch.precision });
  const what = `writing ${batch.points} points`;
  const reply = await persist(connection, what, patience, async (left) => {
    const answer = await ask(connection, {
      method: 'POST',
      path: `/api/v2/write?${query}`,
      body: batch.bytes,
      within: left,
    });
    requireLasting(answer);
    return answer;
  });
  // InfluxDB 3 answers 201 when it stored a part; only 204 says all.
  if (reply.status === 204) return;
  if ([401, 403, 404].includes(reply.status)) throw failureOfReply(connection, what, reply);
  throw writeRefused(connection, what, reply, batch.points);
}
