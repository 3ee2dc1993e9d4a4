/** The largest number of tasks of a process. A row with more is damaged. */
const mostTasks = 100_000;

/**
 * Returns task ids as one short text, in order: partitions by sub-topology, neighbours as ranges. `0_0`, `0_1`, `0_2` and `1_7`
 * are `0:0-2;1:7`.
 */
export const encodeTaskRanges = (ids: readonly string[]): string => {
  const bySubtopology = new Map<number, number[]>();
  for (const id of ids) {
    const [subtopology = 0, partition = 0] = id.split('_').map(Number);
    const partitions = bySubtopology.get(subtopology) ?? [];
    partitions.push(partition);
    bySubtopology.set(subtopology, partitions);
  }
  return [...bySubtopology]
    .sort(([a], [b]) => a - b)
    .map(([subtopology, partitions]) => `${subtopology}:${rangesOf(partitions)}`)
    .join(';');
};

/** Returns the task ids of a text of {@link encodeTaskRanges}, in order; undefined for any other text. */
export const decodeTaskRanges = (text: unknown): readonly string[] | undefined => {
  if (typeof text !== 'string') return undefined;
  const ids: string[] = [];
  for (const part of text === '' ? [] : text.split(';')) {
    const [, subtopology, ranges] = /^(\d+):([\d,-]+)$/.exec(part) ?? [];
    for (const range of ranges?.split(',') ?? ['']) {
      const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      if (from === undefined || Number(to) - Number(from) + ids.length >= mostTasks) return undefined;
      for (let partition = Number(from); partition <= Number(to); partition++) ids.push(`${subtopology}_${partition}`);
    }
  }
  return ids;
};

const rangesOf = (partitions: readonly number[]): string => {
  const ranges: [from: number, to: number][] = [];
  for (const one of [...partitions].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === one) last[1] = one;
    else ranges.push([one, one]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
};
