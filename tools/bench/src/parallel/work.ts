/** The work of parallel-consumer's table: records with predrawn sleeps of 0 to 5 ms. */
export const records = 10_000;
export const concurrency = 100;

/** The sleeps, equal in every run, in ms. */
const sleeps: readonly number[] = (() => {
  let state = 42;
  return Array.from({ length: records }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 5;
  });
})();

/** Does the work of one record. */
export const work = (index: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, sleeps[index] as number);
  });

/** The ideal: a plain pool that starts the next record when a slot is free. Returns its time, in ms. */
export const pool = async (places: number): Promise<number> => {
  const begun = performance.now();
  let next = 0;
  const place = async (): Promise<void> => {
    while (next < records) await work(next++);
  };
  await Promise.all(Array.from({ length: places }, place));
  return performance.now() - begun;
};
