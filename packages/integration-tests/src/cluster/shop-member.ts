/**
 * Runs a process that joins orders with customers on a Kafka cluster and counts them. Nothing keeps the process alive once
 * SIGTERM has closed it.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/shop-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { readArguments, runMember } from '@kstreams/test-support/run-member';
import { kafka } from 'kstreams/kafka';
import { shop } from './shop.js';

const { brokers, name } = readArguments();
// Static members come back within the session.
const consumer = { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 20_000 };
await runMember(shop(name), { transport: kafka({ brokers, consumer }), commitInterval: '100ms' });
