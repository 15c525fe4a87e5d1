import { Failure } from '@sensor-warehouse/model/findings/failure';

/** The Failure that some work ends with. @throws if it succeeds; what it throws, if that is no Failure */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<Failure> {
  const thrown: unknown = await Promise.resolve(work)
    .then((it) => (typeof it === 'function' ? it() : it))
    .then(
      () => new Error('it succeeded'),
      (error: unknown) => error,
    );
  if (thrown instanceof Failure) return thrown;
  throw thrown;
}

/** What that Failure says, part by part. */
export async function detailsOf(work: Promise<unknown> | (() => unknown)): Promise<Failure['details']> {
  return (await failureOf(work)).details;
}
