/** Grants rights on a Kafka cluster, by its protocol: the client has no request for access control lists. */
import { connect } from 'node:net';
import type { AccessOperation, AccessRight } from '@kstreams/core/graph';

const resources = { topic: 2, group: 3, cluster: 4, 'transactional-id': 5 } as const;
const operations: Readonly<Record<AccessOperation, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Alter: 7,
  IdempotentWrite: 12,
};

const createAcls = 30;
const allow = 3;

/** Grants rights to a user, over a listener of `brokers` that allows it; resolves when they are in force. */
export const grant = (brokers: string, user: string, rights: readonly AccessRight[]): Promise<void> => {
  const entries = rights.flatMap((right) => right.operations.map((operation) => ({ ...right, operation })));
  const body = Buffer.concat([
    int32(entries.length),
    ...entries.flatMap(({ name, operation, pattern, resource }) => [
      Buffer.from([resources[resource]]),
      text(name),
      Buffer.from([pattern === 'prefixed' ? 4 : 3]),
      text(`User:${user}`),
      text('*'),
      Buffer.from([operations[operation], allow]),
    ]),
  ]);
  // Version 1 of the request, with correlation id 7.
  const request = Buffer.concat([int16(createAcls), int16(1), int32(7), text('grant'), body]);
  const [host = '', port] = brokers.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(Buffer.concat([int32(request.length), request])));
    let received = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.end();
      // The correlation id and the throttle time come before the results, each with its error first.
      const count = received.readInt32BE(12);
      const code = count > 0 ? received.readInt16BE(16) : 0;
      if (code === 0) resolve();
      else reject(new Error(`the broker refused to grant rights: error ${code}`));
    });
  });
};

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
