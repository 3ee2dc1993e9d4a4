import { type AnySerde, type Bytes, concatBytes, noBytes, type Serde, SerdeError } from '@kstreams/core/graph';

/** The instruction of a subscription request, from a left row to the right row of its foreign key. */
export type Instruction =
  /** Ends the subscription and requests a response that says so. */
  | 'unsubscribe-and-respond'
  /** Ends the subscription. */
  | 'unsubscribe'
  /** Subscribes and requests a response, also without a right row. */
  | 'respond-always'
  /** Subscribes and requests a response if there is a right row. */
  | 'respond-if-present';

/** A request from a left row to the right row of its foreign key. */
export interface SubscriptionRequest {
  readonly instruction: Instruction;
  /**
   * The hash of the left row's foreign key; `undefined` for none. If the subscription ends because the foreign key changes,
   * that of the old one.
   */
  readonly hash: Bytes | undefined;
  /** The left row's key, encoded. */
  readonly primary: Bytes;
  /** The left row's partition. */
  readonly partition: number;
}

/** A response from a right row to a left row that subscribes to it. */
export interface SubscriptionResponse {
  /** The hash of the request. */
  readonly hash: Bytes | undefined;
  /** The value of the right row; `undefined` for none. */
  readonly value: unknown;
  /** True for the last response of a subscription. */
  readonly ended: boolean;
  /** The partition of the left row. Not encoded: -1 once received. */
  readonly partition: number;
}

const instructions: readonly Instruction[] = [
  'unsubscribe-and-respond',
  'unsubscribe',
  'respond-always',
  'respond-if-present',
];
const hashLength = 16;

/** Bytes of a request: the instruction, the partition, one byte for a hash, the hash, the key. */
export const requestSerde: Serde<SubscriptionRequest> = {
  name: 'foreign-key request',
  encode: ({ instruction, hash, partition, primary }) => {
    const head = new Uint8Array(6);
    head[0] = instructions.indexOf(instruction);
    new DataView(head.buffer).setUint32(1, partition);
    head[5] = hash === undefined ? 0 : 1;
    return concatBytes(head, hash ?? noBytes, primary);
  },
  decode: (bytes, { topic }) => {
    const instruction = instructions[bytes[0] ?? -1];
    if (instruction === undefined) throw new SerdeError('the bytes are not a foreign-key request', { topic });
    const end = 6 + (bytes[5] === 1 ? hashLength : 0);
    return {
      instruction,
      partition: new DataView(bytes.buffer, bytes.byteOffset).getUint32(1),
      hash: bytes[5] === 1 ? bytes.slice(6, end) : undefined,
      primary: bytes.slice(end),
    };
  },
};

const [hasHash, hasValue, hasEnded] = [1, 2, 4];

/** Bytes of a response: one byte of flags, the hash, the value. */
export const responseSerde = (value: AnySerde): Serde<SubscriptionResponse> => ({
  name: `foreign-key response ${value.name}`,
  inner: [value],
  encode: (response, at) =>
    concatBytes(
      Uint8Array.of(
        (response.hash === undefined ? 0 : hasHash) |
          (response.value === undefined ? 0 : hasValue) |
          (response.ended ? hasEnded : 0),
      ),
      response.hash ?? noBytes,
      response.value === undefined ? noBytes : value.encode(response.value, at),
    ),
  decode: (bytes, at) => {
    const flags = bytes[0] ?? 0;
    const end = 1 + (flags & hasHash ? hashLength : 0);
    return {
      hash: flags & hasHash ? bytes.slice(1, end) : undefined,
      value: flags & hasValue ? value.decode(bytes.subarray(end), at) : undefined,
      ended: (flags & hasEnded) !== 0,
      partition: -1,
    };
  },
});
