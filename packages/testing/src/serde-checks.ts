import {
  type Bytes,
  type Coordinates,
  checkOptions,
  compareBytes,
  type OptionChecks,
  option,
  type Serde,
  SerdeError,
} from '@kstreams/core/graph';
import { deepEqual } from './deep-equal.js';

/** One law of serdes. */
export interface SerdeCheck {
  readonly name: string;
  /** Throws when the law is broken. */
  run(): Promise<void>;
}

/** The samples for {@link serdeChecks}. */
export interface SerdeSamples<T> {
  /** Values of all kinds. */
  readonly values: readonly T[];
  /** Values that the serde must refuse. Null and undefined are refused always. */
  readonly refused?: readonly unknown[];
  /** Bytes of earlier versions, with the values as which they are read now. */
  readonly earlier?: readonly { readonly bytes: Bytes; readonly value: T }[];
  /** Compares two values. Set for a serde whose bytes are in the order of its values. */
  readonly compare?: (a: T, b: T) => number;
  /** True for serdes that accept a part of the bytes of a value, or bytes behind it, such as text. */
  readonly anyLength?: boolean;
}

const list = { takes: 'a list', accepts: Array.isArray };

const sampleChecks: OptionChecks<SerdeSamples<unknown>> = {
  values: option.required(list),
  refused: list,
  earlier: list,
  compare: option.fn,
  anyLength: option.flag,
};

/**
 * Returns the laws of serdes, for any test framework: a round trip, no shared memory, errors of malformed bytes and wrong
 * values, and with samples of them, evolution and order.
 *
 * @example
 * const values = [{ id: 'o-1', total: 5 }]
 * for (const { name, run } of serdeChecks(orderSerde, { values })) test(name, run)
 */
export const serdeChecks = <T>(serde: Serde<T>, samples: SerdeSamples<NoInfer<T>>): readonly SerdeCheck[] => {
  checkOptions('serdeChecks', samples, sampleChecks);
  const { anyLength = false, compare, earlier = [], refused = [], values } = samples;
  const checks: Record<string, () => void> = {
    'decodes an encoded value as it was': () => {
      for (const value of values) sameValue(serde.decode(serde.encode(value, at), at), value, 'the decoded value');
    },
    'decodes a part of a larger buffer': () => {
      for (const value of values) {
        const encoded = serde.encode(value, at);
        const larger = new Uint8Array(encoded.length + 10).fill(7);
        larger.set(encoded, 5);
        sameValue(serde.decode(larger.subarray(5, 5 + encoded.length), at), value, 'the decoded value');
      }
    },
    'encodes plain bytes that later values leave as they are': () => {
      const encoded = values.map((value) => serde.encode(value, at));
      for (const bytes of encoded)
        sameValue(Object.getPrototypeOf(bytes) === Uint8Array.prototype, true, 'a Uint8Array');
      const copies = encoded.map((bytes) => [...bytes]);
      for (const value of values) serde.encode(value, at);
      sameValue(
        encoded.map((bytes) => [...bytes]),
        copies,
        'the bytes after later values',
      );
    },
    'decodes values that a change of the bytes leaves as they are': () => {
      for (const value of values) {
        const bytes = new Uint8Array(serde.encode(value, at));
        const decoded = serde.decode(bytes, at);
        bytes.fill(0xff);
        sameValue(decoded, value, 'the value after its bytes changed');
      }
    },
    'throws a SerdeError with the topic for values of another type': () => {
      for (const value of [undefined, null, ...refused]) {
        refusesWithTopic(() => serde.encode(value as T, at), `encoding ${String(value)}`);
      }
    },
    'decodes changed bytes, or throws a SerdeError with the topic': () => {
      for (const value of values) {
        const encoded = serde.encode(value, at);
        for (let index = 0; index < encoded.length; index++) {
          for (const flip of [0x01, 0x80, 0xff]) {
            const changed = new Uint8Array(encoded);
            changed[index] = (changed[index] as number) ^ flip;
            decodesOrRefuses(serde, changed);
          }
        }
      }
    },
    'decodes random bytes, or throws a SerdeError with the topic': () => {
      for (let seed = 1; seed <= 2_000; seed++) decodesOrRefuses(serde, randomBytes(seed));
    },
  };
  if (!anyLength) {
    checks['refuses missing and extra bytes'] = () => {
      for (const value of values) {
        const encoded = serde.encode(value, at);
        for (let length = 0; length < encoded.length; length++) {
          refusesWithTopic(() => serde.decode(encoded.subarray(0, length), at), `${length} of ${encoded.length} bytes`);
        }
        refusesWithTopic(() => serde.decode(Uint8Array.of(...encoded, 1), at), 'one byte more');
      }
    };
  }
  if (earlier.length > 0) {
    checks['decodes the bytes of earlier versions'] = () => {
      for (const { bytes, value } of earlier)
        sameValue(serde.decode(bytes, at), value, 'the value of an earlier version');
    };
  }
  if (compare !== undefined) {
    checks['orders bytes as values'] = () => {
      for (const a of values) {
        for (const b of values) {
          const order = Math.sign(compareBytes(serde.encode(a, at), serde.encode(b, at)));
          sameValue(order, Math.sign(compare(a, b)), `the order of ${String(a)} and ${String(b)}`);
        }
      }
    };
  }
  return Object.entries(checks).map(([name, check]) => ({ name, run: async () => check() }));
};

const at: Coordinates = { topic: 'checked', headers: [] };

const refusesWithTopic = (attempt: () => unknown, what: string): void => {
  try {
    attempt();
  } catch (thrown) {
    checkError(thrown);
    return;
  }
  throw new Error(`${what} was not refused`);
};

const decodesOrRefuses = <T>(serde: Serde<T>, bytes: Bytes): void => {
  try {
    serde.decode(bytes, at);
  } catch (thrown) {
    checkError(thrown);
  }
};

const checkError = (thrown: unknown): void => {
  if (thrown instanceof SerdeError && thrown.location.topic === at.topic) return;
  throw new Error(`expected a SerdeError with the topic, got ${thrown}`, { cause: thrown });
};

const sameValue = (actual: unknown, expected: unknown, what: string): void => {
  if (!deepEqual(actual, expected)) throw new Error(`${what} is not the expected one`, { cause: { actual, expected } });
};

/** Returns up to 40 bytes that depend on the seed alone. */
const randomBytes = (seed: number): Bytes => {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  };
  return Uint8Array.from({ length: next() % 41 }, () => next() & 0xff);
};
