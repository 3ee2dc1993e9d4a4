import type { ByteStore } from '@kstreams/core/graph';

/** The Node process; absent in a page. */
interface Host {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Returns the instance id of this process. Unless one is given, a process that `kstreams run` starts again after a crash
 * takes that of its persistent state, so that it gets its partitions back at once.
 */
export const instanceIdOf = (
  given: string | undefined,
  bytes: Pick<ByteStore, 'owner' | 'persistent'>,
): string | undefined => {
  const { process: host } = globalThis as { readonly process?: Host };
  const restarts = host?.env?.KSTREAMS_INSTANCE_IDS === 'state';
  return given ?? (restarts && bytes.persistent === true ? bytes.owner : undefined);
};
