/**
 * State in Redis.
 *
 * @module @kstreams/redis
 */

export type { IoredisClient, NodeRedisClient, RedisClient } from './client.js';
export { type RedisOptions, redis } from './redis.js';
