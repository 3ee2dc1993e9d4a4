/**
 * The scripts that run in Redis, each as one atomic step. Their keys are those of a space, in this order: the hash of rows, the
 * sorted set of row keys, the hash of the owner. Their first argument is the epoch of the caller, and each returns 0 if
 * another process has taken the space over.
 */

const owned = `if redis.call('hget', KEYS[3], 'epoch') ~= ARGV[1] then return 0 end`;

const write = `local function put(pairs, from)
  for first = from, #pairs, 1000 do
    local last = math.min(first + 999, #pairs)
    local ordered = {}
    for i = first, last, 2 do
      ordered[#ordered + 1] = 0
      ordered[#ordered + 1] = pairs[i]
    end
    redis.call('hset', KEYS[1], unpack(pairs, first, last))
    redis.call('zadd', KEYS[2], unpack(ordered))
  end
end
local function delete(keys, from)
  for first = from, #keys, 1000 do
    local last = math.min(first + 999, #keys)
    redis.call('hdel', KEYS[1], unpack(keys, first, last))
    redis.call('zrem', KEYS[2], unpack(keys, first, last))
  end
end`;

/** Opens a space for the id `ARGV[1]` if it is new. Returns its id and the next epoch. */
export const openScript = `redis.call('hsetnx', KEYS[3], 'id', ARGV[1])
redis.call('hincrby', KEYS[3], 'epoch', 1)
return redis.call('hmget', KEYS[3], 'id', 'epoch')`;

/** Writes rows, given as keys and values in turn. */
export const putScript = `${owned}
${write}
put(ARGV, 2)
return 1`;

/** Deletes the rows of keys. */
export const deleteScript = `${owned}
${write}
delete(ARGV, 2)
return 1`;

/** Adds arguments to the list `KEYS[4]`, which Redis deletes after an hour. */
export const stageScript = `${owned}
for first = 2, #ARGV, 1000 do
  redis.call('rpush', KEYS[4], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
redis.call('expire', KEYS[4], 3600)
return 1`;

/**
 * Applies the keys and values of the list `KEYS[4]` and the deletes of `KEYS[5]`, if the lists are `ARGV[2]` and `ARGV[3]`
 * long.
 */
export const commitStagedScript = `${owned}
${write}
local pairs, deleted = redis.call('lrange', KEYS[4], 0, -1), redis.call('lrange', KEYS[5], 0, -1)
if #pairs ~= tonumber(ARGV[2]) or #deleted ~= tonumber(ARGV[3]) then
  return redis.error_reply('the staged writes are incomplete')
end
put(pairs, 1)
delete(deleted, 1)
redis.call('del', KEYS[4], KEYS[5])
return 1`;

/** Deletes the rows between two bounds of the sorted set. */
export const clearScript = `${owned}
for _, key in ipairs(redis.call('zrangebylex', KEYS[2], ARGV[2], ARGV[3])) do redis.call('hdel', KEYS[1], key) end
redis.call('zremrangebylex', KEYS[2], ARGV[2], ARGV[3])
return 1`;

/** Returns up to `ARGV[4]` keys between two bounds, and their values. `ARGV[1]` is the command that reads them in order. */
export const pageScript = `local keys = redis.call(ARGV[1], KEYS[2], ARGV[2], ARGV[3], 'limit', 0, ARGV[4])
if #keys == 0 then return { keys, keys } end
return { keys, redis.call('hmget', KEYS[1], unpack(keys)) }`;
