/** An error for a case with an unsupported part, named in the message. */
export class Unsupported extends Error {}
