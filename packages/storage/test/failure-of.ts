import { Failure } from '@sensor-warehouse/model/findings/failure';
import { expect } from 'vitest';

/** The Failure that some work ends with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  return thrown as Failure;
}
