/** The arguments of a call by the names of its parameters: its options and its functions. */
// biome-ignore lint/suspicious/noExplicitAny: some arguments are wrong on purpose
export type Given = Readonly<Record<string, any>>;

/** A call with given options and functions; `needs` has the options that it cannot do without. */
export type Example = ((given: Given) => unknown) | { readonly needs: object; readonly run: (given: Given) => unknown };

/** Calls by the names of `publicCalls`. */
export type Examples = Readonly<Record<string, Example>>;
