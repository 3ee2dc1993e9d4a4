import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { loadProto, serviceOf } from './definitions.js';

type HealthStatus = 'SERVING' | 'NOT_SERVING';
type WatchCall = ServerWritableStream<{ readonly service: string }, { readonly status: string }>;

/** The health service of gRPC, for the server as a whole and for its services by name. */
export class Health {
  readonly #services: readonly string[];
  readonly #watchers = new Set<WatchCall>();
  #status: HealthStatus = 'NOT_SERVING';

  constructor(services: readonly string[]) {
    this.#services = ['', ...services];
  }

  /** Adds the service to a server. */
  addTo(server: Server): void {
    server.addService(serviceOf(loadProto('health'), 'grpc.health.v1.Health'), {
      check: (call: ServerUnaryCall<{ readonly service: string }, unknown>, respond: sendUnaryData<unknown>) => {
        if (this.#has(call.request)) respond(null, { status: this.#status });
        else respond({ code: status.NOT_FOUND, details: 'the server has no such service' });
      },
      watch: (call: WatchCall) => {
        this.#watchers.add(call);
        call.on('cancelled', () => this.#watchers.delete(call));
        call.write({ status: this.#has(call.request) ? this.#status : 'SERVICE_UNKNOWN' });
      },
    });
  }

  /** Changes the status to `SERVING`. */
  begin(): void {
    this.#set('SERVING');
  }

  /** Changes the status to `NOT_SERVING` and ends all watches. */
  end(): void {
    this.#set('NOT_SERVING');
    for (const call of this.#watchers) call.end();
    this.#watchers.clear();
  }

  #set(current: HealthStatus): void {
    this.#status = current;
    for (const call of this.#watchers) if (this.#has(call.request)) call.write({ status: current });
  }

  #has({ service }: { readonly service: string }): boolean {
    return this.#services.includes(service);
  }
}
