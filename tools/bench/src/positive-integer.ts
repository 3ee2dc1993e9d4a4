/** Returns the number of an option of the command line. Throws RangeError unless it is a positive integer. */
export const positiveInteger = (option: string, text: string): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--${option} ${text} is not a positive integer`);
};
