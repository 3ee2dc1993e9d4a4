import { errorOf } from '@kstreams/kafka-common';
import type { NativeError } from './addon.js';

/** Calls a synchronous function of the client and converts its error. */
export const attempt = <A>(action: string, call: () => A): A => {
  try {
    return call();
  } catch (thrown) {
    throw errorOf(action, thrown as NativeError);
  }
};
