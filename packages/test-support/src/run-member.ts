/** The program of a process that a test or a tool starts with `Members`. */
import { type AppEvent, type StartOptions, type Streams, start } from 'kstreams';
import type { InstanceMetadata } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';

/** The arguments of a process. */
export interface MemberArguments {
  readonly brokers: string;
  /** The name of the application. */
  readonly name: string;
  readonly folder: string;
  readonly instanceId?: string;
  /** The port of a process that serves something. */
  readonly port?: number;
}

/** An event of a process. One with an endpoint also reports its address and the processes that it sees. */
export type MemberEvent =
  | AppEvent
  | { readonly kind: 'listening'; readonly endpoint: string }
  | { readonly kind: 'instances'; readonly instances: readonly InstanceMetadata[] };

const write = (event: MemberEvent): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);

/** The arguments of this process. */
export const readArguments = (): MemberArguments => JSON.parse(process.argv[2] as string) as MemberArguments;

/**
 * Runs an application on a Kafka cluster until SIGTERM closes it, with short timeouts unless set. Writes its events as lines of
 * JSON.
 */
export const runMember = async (app: Streams, options: StartOptions = {}): Promise<void> => {
  const { brokers, folder, instanceId } = readArguments();
  const running = await start(app, {
    transport: kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 6_000 } }),
    folder,
    commitInterval: '50ms',
    signals: true,
    logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
    ...(instanceId === undefined ? {} : { instanceId }),
    ...options,
  });
  const { endpoint } = options;
  if (endpoint !== undefined) {
    write({ kind: 'listening', endpoint });
    running.metadata.instances$.subscribe((instances) => write({ kind: 'instances', instances }));
  }
  running.events$.subscribe(write);
  await running.closed;
};
