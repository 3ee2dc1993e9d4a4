import { TransportError } from '@kstreams/core/graph';

/** The high half of the first number that JavaScript cannot hold exactly. */
const highLimit = 0x20_0000;

/**
 * Reads an offset or another 64-bit number.
 *
 * @throws TransportError for a number beyond 2^53, which would be rounded.
 */
export const readInt64 = (view: DataView, at: number): number => {
  const high = view.getInt32(at);
  if (high >= highLimit || high < -highLimit) {
    const value = view.getBigInt64(at);
    throw new TransportError(
      `the broker sent the number ${value}, beyond 2^53: recreate the topic, with offsets from 0`,
    );
  }
  return high * 2 ** 32 + view.getUint32(at + 4);
};
