/** The exit codes of the command. `refused` is for an application that cannot run as one of several processes. */
export const exitCodes = { success: 0, failure: 1, usage: 2, refused: 78 } as const;
