/** Calls that a test resolves one by one, by their value. */
export const deferredCalls = <R>() => {
  const started: string[] = [];
  const open = new Map<string, { resolve: (result: R) => void; reject: (error: Error) => void }>();
  const end = async (value: string, how: (call: { resolve(result: R): void; reject(error: Error): void }) => void) => {
    const call = open.get(value);
    if (call === undefined) throw new Error(`no call for ${value} is open`);
    open.delete(value);
    how(call);
    await Promise.resolve().then(() => {});
  };
  return {
    /** The values of all started calls, in order. */
    begun: started as readonly string[],
    call: (value: string): Promise<R> =>
      new Promise((resolve, reject) => {
        started.push(value);
        open.set(value, { resolve, reject });
      }),
    resolve: (value: string, result: R) => end(value, ({ resolve }) => resolve(result)),
    reject: (value: string) => end(value, ({ reject }) => reject(new Error(`no ${value}`))),
  };
};
