/**
 * The format of LevelDB's write-ahead log: blocks of 32 KiB with parts of records. A part has a masked CRC-32C of its type
 * and bytes (4 bytes), a length (2) and a type (1), little-endian; a rest of a block under 7 bytes is filled with zeros.
 */
import type { Bytes } from '@kstreams/core/graph';
import { maskedCrc } from './masked-crc.js';

const blockLength = 32_768;
const headLength = 7;
/** The types full, first, middle and last. */
const greatestType = 4;

/**
 * Returns the position of the first damage that has whole parts behind it; `undefined` without one. A damaged end is what a
 * crash leaves of its last write.
 */
export const findDamage = (log: Bytes): number | undefined => {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  for (let at = 0; at < log.length; ) {
    const end = endOfPart(log, view, at);
    if (end === undefined) return hasPartAfter(log, view, at) ? at : undefined;
    at = end;
  }
  return undefined;
};

/** Returns the length of the whole parts at the start of a log. */
export const wholeLength = (log: Bytes): number => {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  for (let at = 0; at < log.length; ) {
    const end = endOfPart(log, view, at);
    if (end === undefined) return at;
    at = end;
  }
  return log.length;
};

const hasPartAfter = (log: Bytes, view: DataView, damage: number): boolean => {
  for (let at = damage + 1; at + headLength <= log.length; at++) {
    const type = log[at + 6] as number;
    if (type !== 0 && endOfPart(log, view, at) !== undefined) return true;
  }
  return false;
};

/** Returns the end of the part at a position, or of the rest of its block; `undefined` for damage. */
const endOfPart = (log: Bytes, view: DataView, at: number): number | undefined => {
  const blockEnd = Math.min(log.length, at - (at % blockLength) + blockLength);
  if (blockEnd - at < headLength) return isZero(log, at, blockEnd) ? blockEnd : undefined;
  const length = view.getUint16(at + 4, true);
  const type = log[at + 6] as number;
  const end = at + headLength + length;
  if (type < 1 || type > greatestType || end > blockEnd) return undefined;
  return maskedCrc(log.subarray(at + 6, end)) === view.getUint32(at, true) ? end : undefined;
};

const isZero = (log: Bytes, from: number, to: number): boolean => log.subarray(from, to).every((byte) => byte === 0);
