/** What the processors of a task opened and let go of when it closes. */
export type Release = () => void | Promise<void>;

/** Lets go of everything, the last first; every release is tried, then what failed is thrown. */
export const releaseAll = async (releases: Release[], task: string): Promise<void> => {
  const errors: unknown[] = [];
  for (const release of releases.splice(0).reverse()) {
    try {
      await release();
    } catch (thrown) {
      errors.push(thrown);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, `closing task ${task}`);
};
