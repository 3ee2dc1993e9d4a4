import type { Bytes } from '@kstreams/core/graph';

/**
 * Returns a hash of 16 bytes: MurmurHash3_x86_128. Two values with equal hashes count as equal.
 */
export const valueHash = (bytes: Bytes): Bytes => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lanes = [0, 0, 0, 0];
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    for (let i = 0; i < 4; i++) {
      lanes[i] = (lanes[i] as number) ^ mixed(view.getUint32(at + 4 * i, true), i);
      const turned = rotate(lanes[i] as number, rotations[i] as number) + (lanes[(i + 1) % 4] as number);
      lanes[i] = (Math.imul(turned, 5) + (additions[i] as number)) | 0;
    }
  }
  const rest = new Uint8Array(16);
  rest.set(bytes.subarray(whole));
  const tail = new DataView(rest.buffer);
  for (let i = 0; i < 4; i++) lanes[i] = (lanes[i] as number) ^ mixed(tail.getUint32(4 * i, true), i) ^ bytes.length;
  spread(lanes);
  for (let i = 0; i < 4; i++) lanes[i] = finished(lanes[i] as number);
  spread(lanes);
  const hash = new Uint8Array(16);
  const out = new DataView(hash.buffer);
  lanes.forEach((lane, i) => {
    out.setInt32(4 * i, lane);
  });
  return hash;
};

const factors = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const turns = [15, 16, 17, 18];
const rotations = [19, 17, 15, 13];
const additions = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

const mixed = (block: number, lane: number): number =>
  Math.imul(
    rotate(Math.imul(block, factors[lane] as number), turns[lane] as number),
    factors[(lane + 1) % 4] as number,
  );

/** Mixes all lanes into each other. */
const spread = (lanes: number[]): void => {
  for (let i = 1; i < 4; i++) lanes[0] = ((lanes[0] as number) + (lanes[i] as number)) | 0;
  for (let i = 1; i < 4; i++) lanes[i] = ((lanes[i] as number) + (lanes[0] as number)) | 0;
};

const finished = (lane: number): number => {
  const one = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const two = Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return two ^ (two >>> 16);
};
