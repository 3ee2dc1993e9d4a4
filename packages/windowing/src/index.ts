/** Windows and aggregation per window, for kstreams. */
export {};
