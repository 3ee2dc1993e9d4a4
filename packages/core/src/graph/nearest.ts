/** Returns the name that a misspelled one most likely means; undefined when none is near. */
export const nearest = (given: string, names: readonly string[]): string | undefined => {
  let [found, least]: [string | undefined, number] = [undefined, Math.max(1, Math.floor(given.length / 3)) + 1];
  for (const name of names) {
    const distance = distanceOf(given.toLowerCase(), name.toLowerCase());
    if (distance < least) [found, least] = [name, distance];
  }
  return found;
};

/** Returns the number of letters to insert, delete, replace or swap with the next one to make a text of another. */
const distanceOf = (one: string, other: string): number => {
  let [earlier, before]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        (before[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (before[j - 1] as number) + same,
        swapped ? (earlier[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [earlier, before] = [before, row];
  }
  return before[other.length] as number;
};
