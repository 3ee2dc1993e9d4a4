import { concatBytes, noBytes } from '../graph/bytes.js';
import { type Change, change } from '../graph/change.js';
import { SerdeError } from '../graph/errors.js';
import type { Serde } from '../graph/serde.js';

/**
 * A change as bytes, for the topic through which a table's rows reach their groups: one flag byte (1 before, 2 after,
 * 4 latest, 8 known), the length of `before` in four bytes, `before`, `after`.
 */
export const changeSerde = <V>(value: Serde<V>): Serde<Change<V>> => ({
  name: `change of ${value.name}`,
  encode: ({ before, after, known, latest }, at) => {
    const old = before === undefined ? noBytes : value.encode(before, at);
    const next = after === undefined ? noBytes : value.encode(after, at);
    const head = new Uint8Array(headLength);
    head[0] = (before === undefined ? 0 : 1) | (after === undefined ? 0 : 2) | (latest ? 4 : 0) | (known ? 8 : 0);
    new DataView(head.buffer).setUint32(1, old.length);
    return concatBytes(head, old, next);
  },
  decode: (bytes, at) => {
    if (bytes.length < headLength) throw new SerdeError('the bytes are too short for a change', { topic: at.topic });
    const flags = bytes[0] as number;
    const middle = headLength + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    if (middle > bytes.length) throw new SerdeError('the change ends before its old value does', { topic: at.topic });
    return change(
      flags & 1 ? value.decode(bytes.subarray(headLength, middle), at) : undefined,
      flags & 2 ? value.decode(bytes.subarray(middle), at) : undefined,
      (flags & 8) !== 0,
      (flags & 4) !== 0,
    );
  },
});

const headLength = 5;
