/** Returns commit metadata that marks one more offset as finished: the last one before the first finished gap. */
export const earlierNote = (note: string): string => {
  const match = /^(t\S+ f)([rb])(\S+)(.*)$/.exec(note);
  if (match === null) return note;
  const [, head, form, text, tail] = match as unknown as [string, string, string, string, string];
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  if (form === 'r') addToRuns(bytes);
  else addToBits(bytes);
  return `${head}${form}${btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')}${tail}`;
};

/** Run lengths of unfinished and finished offsets, one byte each while short. */
const addToRuns = (bytes: Uint8Array): void => {
  const [unfinished = 0, finished = 0] = bytes;
  if (unfinished === 0 || unfinished > 127 || finished >= 127) return;
  bytes[0] = unfinished - 1;
  bytes[1] = finished + 1;
};

/** One bit per offset, from the committed one on. */
const addToBits = (bytes: Uint8Array): void => {
  const isSet = (bit: number): boolean => (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  for (let bit = 1; bit < bytes.length * 8; bit++) {
    if (!isSet(bit)) continue;
    const before = bit - 1;
    bytes[before >> 3] = (bytes[before >> 3] ?? 0) | (1 << (before & 7));
    return;
  }
};
