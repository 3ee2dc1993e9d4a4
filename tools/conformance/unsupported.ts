/** A case that asks for something we do not have; its message says what. */
export class Unsupported extends Error {}
