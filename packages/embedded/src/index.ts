/** The embedded log of kstreams: topics, groups and transactions in one process. */
export {};
