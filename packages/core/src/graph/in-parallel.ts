/** Runs work for each item, for up to `limit` items at once. Rejects with the first failure, and starts no work after it. */
export const inParallel = async <T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> => {
  const left = items[Symbol.iterator]();
  let failed = false;
  const one = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true && !failed; next = left.next()) await work(next.value);
  };
  const all = Array.from({ length: limit }, () =>
    one().catch((thrown: unknown) => {
      failed = true;
      throw thrown;
    }),
  );
  await Promise.all(all);
};
