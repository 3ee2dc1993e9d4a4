import { type AnySerde, type Bytes, concatBytes, noBytes, type Serde, SerdeError } from '@kstreams/core/graph';

/** What a row asks of the row of its foreign key. */
export type Instruction =
  /** No longer, and say so to me. */
  | 'leave'
  /** No longer. */
  | 'leave-silently'
  /** Answer, also that there is no such row. */
  | 'answer-always'
  /** Answer if there is such a row. */
  | 'answer-if-there';

/** What goes from a row to the row of its foreign key. */
export interface Request {
  readonly instruction: Instruction;
  /** The hash of what is asked for, the row's value or the foreign key; `undefined` where there is none. */
  readonly hash: Bytes | undefined;
  /** The row's key, encoded, and the partition that it is in. */
  readonly primary: Bytes;
  readonly partition: number;
}

/** What comes back. */
export interface Answer {
  /** The hash of what was asked for. */
  readonly hash: Bytes | undefined;
  /** The value of the row of the foreign key, `undefined` where there is none. */
  readonly value: unknown;
  /** The partition to which the answer goes; known only where it is sent. */
  readonly partition: number;
}

const instructions: readonly Instruction[] = ['leave', 'leave-silently', 'answer-always', 'answer-if-there'];
const hashLength = 16;

/** Requests as bytes: the instruction, the partition, whether there is a hash, the hash, the key. */
export const requestSerde: Serde<Request> = {
  name: 'request of a foreign-key join',
  encode: ({ instruction, hash, partition, primary }) => {
    const head = new Uint8Array(6);
    head[0] = instructions.indexOf(instruction);
    new DataView(head.buffer).setUint32(1, partition);
    head[5] = hash === undefined ? 0 : 1;
    return concatBytes(head, hash ?? noBytes, primary);
  },
  decode: (bytes, { topic }) => {
    const instruction = instructions[bytes[0] ?? -1];
    if (instruction === undefined) throw new SerdeError('these are not the bytes of a request', { topic });
    const end = 6 + (bytes[5] === 1 ? hashLength : 0);
    return {
      instruction,
      partition: new DataView(bytes.buffer, bytes.byteOffset).getUint32(1),
      hash: bytes[5] === 1 ? bytes.slice(6, end) : undefined,
      primary: bytes.slice(end),
    };
  },
};

const [hasHash, hasValue] = [1, 2];

/** Answers as bytes: which parts there are, the hash, the value. */
export const answerSerde = (value: AnySerde): Serde<Answer> => ({
  name: `answer of a foreign-key join with ${value.name}`,
  encode: (answer, at) =>
    concatBytes(
      Uint8Array.of((answer.hash === undefined ? 0 : hasHash) | (answer.value === undefined ? 0 : hasValue)),
      answer.hash ?? noBytes,
      answer.value === undefined ? noBytes : value.encode(answer.value, at),
    ),
  decode: (bytes, at) => {
    const flags = bytes[0] ?? 0;
    const end = 1 + (flags & hasHash ? hashLength : 0);
    return {
      hash: flags & hasHash ? bytes.slice(1, end) : undefined,
      value: flags & hasValue ? value.decode(bytes.subarray(end), at) : undefined,
      partition: -1,
    };
  },
});
