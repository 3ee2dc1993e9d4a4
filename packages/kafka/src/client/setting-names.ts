/** The settings of librdkafka that users set, to find the one that a misspelt name means. A version of the client may have more. */
export const settingNames: readonly string[] = `
  acks allow.auto.create.topics batch.num.messages batch.size broker.address.family broker.address.ttl check.crcs
  client.dns.lookup client.id client.rack compression.codec compression.level compression.type connections.max.idle.ms debug
  delivery.timeout.ms enable.metrics.push enable.sasl.oauthbearer.unsecure.jwt enable.ssl.certificate.verification
  fetch.error.backoff.ms fetch.max.bytes fetch.message.max.bytes fetch.min.bytes fetch.queue.backoff.ms fetch.wait.max.ms
  group.instance.id group.protocol group.remote.assignor heartbeat.interval.ms https.ca.location https.ca.pem linger.ms
  log.connection.close log_level max.in.flight max.in.flight.requests.per.connection max.partition.fetch.bytes
  max.poll.interval.ms message.copy.max.bytes message.max.bytes message.send.max.retries message.timeout.ms
  metadata.max.age.ms metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy oauthbearer_token_refresh_cb
  plugin.library.paths queue.buffering.backpressure.threshold queue.buffering.max.kbytes queue.buffering.max.messages
  queue.buffering.max.ms queued.max.messages.kbytes queued.min.messages receive.message.max.bytes
  reconnect.backoff.max.ms reconnect.backoff.ms request.timeout.ms retries retry.backoff.max.ms retry.backoff.ms
  sasl.kerberos.keytab sasl.kerberos.kinit.cmd sasl.kerberos.min.time.before.relogin sasl.kerberos.principal
  sasl.kerberos.service.name sasl.mechanism sasl.mechanisms sasl.oauthbearer.client.id sasl.oauthbearer.client.secret
  sasl.oauthbearer.config sasl.oauthbearer.extensions sasl.oauthbearer.grant.type sasl.oauthbearer.method
  sasl.oauthbearer.scope sasl.oauthbearer.token.endpoint.url sasl.password sasl.username security.protocol
  session.timeout.ms socket.blocking.max.ms socket.connection.setup.timeout.ms socket.keepalive.enable socket.max.fails
  socket.nagle.disable socket.receive.buffer.bytes socket.send.buffer.bytes socket.timeout.ms ssl.ca.certificate.stores
  ssl.ca.location ssl.ca.pem ssl.certificate.location ssl.certificate.pem ssl.cipher.suites ssl.crl.location
  ssl.curves.list ssl.endpoint.identification.algorithm ssl.engine.id ssl.engine.location ssl.key.location
  ssl.key.password ssl.key.pem ssl.keystore.location ssl.keystore.password ssl.providers ssl.sigalgs.list
  statistics.interval.ms sticky.partitioning.linger.ms topic.metadata.propagation.max.ms
  topic.metadata.refresh.fast.interval.ms topic.metadata.refresh.interval.ms topic.metadata.refresh.sparse
`
  .trim()
  .split(/\s+/);
