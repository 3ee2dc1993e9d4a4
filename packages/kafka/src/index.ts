/** kstreams on Apache Kafka. */
export {};
