import { type Bytes, concatBytes, noBytes } from '../graph/bytes.js';
import { type Change, change } from '../graph/change.js';
import { SerdeError } from '../graph/errors.js';
import type { Serde } from '../graph/serde.js';

/**
 * Bytes of a change, for the repartition topic of a grouped table: one flag byte (1 before, 2 after, 4 latest, 8 known),
 * the length of `before` in four bytes, `before`, `after`.
 */
export const changeSerde = <V>(value: Serde<V>): Serde<Change<V>> => {
  const { maxSize, roundTrip } = value;
  return {
    name: `change of ${value.name}`,
    inner: [value],
    ...(roundTrip && {
      roundTrip: (given, at) => {
        const before = given.before === undefined ? undefined : roundTrip(given.before, at);
        const after = given.after === undefined ? undefined : roundTrip(given.after, at);
        const isSame = Object.is(before, given.before) && Object.is(after, given.after);
        return isSame ? given : change(before, after, given.known, given.latest);
      },
    }),
    ...(maxSize && {
      maxSize: ({ after, before }) =>
        headLength + (before === undefined ? 0 : maxSize(before)) + (after === undefined ? 0 : maxSize(after)),
    }),
    encode: ({ before, after, known, latest }, at) => {
      const old = before === undefined ? noBytes : value.encode(before, at);
      const next = after === undefined ? noBytes : value.encode(after, at);
      const head = new Uint8Array(headLength);
      head[0] =
        (before === undefined ? 0 : hasBefore) |
        (after === undefined ? 0 : hasAfter) |
        (latest ? isLatest : 0) |
        (known ? isKnown : 0);
      new DataView(head.buffer).setUint32(1, old.length);
      return concatBytes(head, old, next);
    },
    decode: (bytes, at) => {
      const parts = partsOf(bytes);
      if (typeof parts === 'string') throw new SerdeError(parts, { topic: at.topic });
      const { flags, before, after } = parts;
      return change(
        before && value.decode(before, at),
        after && value.decode(after, at),
        (flags & isKnown) !== 0,
        (flags & isLatest) !== 0,
      );
    },
  };
};

const [hasBefore, hasAfter, isLatest, isKnown] = [1, 2, 4, 8];
const headLength = 5;

interface Parts {
  readonly flags: number;
  readonly before: Bytes | undefined;
  readonly after: Bytes | undefined;
}

/** Returns the parts of a change, or the fault of its bytes. */
const partsOf = (bytes: Bytes): Parts | string => {
  if (bytes.length < headLength) return `a change has at least ${headLength} bytes, not ${bytes.length}`;
  const flags = bytes[0] as number;
  const middle = headLength + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (flags > (hasBefore | hasAfter | isLatest | isKnown)) return `${flags} is not the flags of a change`;
  if (middle > bytes.length) return 'the change ends before its old value does';
  const before = flags & hasBefore ? bytes.subarray(headLength, middle) : undefined;
  const after = flags & hasAfter ? bytes.subarray(middle) : undefined;
  if (before === undefined && middle !== headLength) return 'the change has the bytes of an old value that it lacks';
  if (after === undefined && middle !== bytes.length) return 'the change has the bytes of a new value that it lacks';
  return { flags, before, after };
};
