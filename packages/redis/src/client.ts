/** A client of the package `redis`, version 5 or 6: the part that is used. */
export interface NodeRedisClient {
  sendCommand(args: readonly (string | Buffer)[], options?: { readonly typeMapping?: object }): Promise<unknown>;
}

/** A client of the package `ioredis`: the part that is used. */
export interface IoredisClient {
  callBuffer(command: string, ...args: (string | Buffer)[]): Promise<unknown>;
}

/** A connected client of Redis. */
export type RedisClient = NodeRedisClient | IoredisClient;

/** Sends a command. Resolves with its reply, whose texts are buffers. */
export type Send = (command: string, ...args: readonly (string | Buffer)[]) => Promise<unknown>;

/** The reply type `RESP_TYPES.BLOB_STRING` of the package `redis`. */
const blobString = 36;

/** Returns a function that sends commands with a client. */
export const sendWith = (client: RedisClient): Send =>
  'callBuffer' in client
    ? (command, ...args) => client.callBuffer(command, ...args)
    : (command, ...args) => client.sendCommand([command, ...args], { typeMapping: { [blobString]: Buffer } });
