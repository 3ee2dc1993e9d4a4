/** Handles the error of a call to the file system: `undefined` where the file is missing. Throws all other errors. */
export const ignoreMissing = (thrown: unknown): undefined => {
  if ((thrown as { code?: unknown }).code !== 'ENOENT') throw thrown;
  return undefined;
};
