/** Kafka as the transport of an application; an entry of its own, so that the main one runs in a browser. */
export * from '@kstreams/kafka';
