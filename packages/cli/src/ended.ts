/** Receives the exit code of a command. */
export type Ended = (code: number) => void;
