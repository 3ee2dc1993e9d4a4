/**
 * The scripts that run in Redis, each as one atomic step. Their keys are those of a space, in this order: the hash of rows, the
 * sorted set of row keys, the hash of the owner. The first argument of those that write is the epoch of the caller, and they
 * return 0 if another process has taken the space over. Lists of keys and values are packed with MessagePack. A call in a
 * script takes up to 1,000 of them, which fit on its stack.
 */

const owned = `if redis.call('hget', KEYS[3], 'epoch') ~= ARGV[1] then return 0 end`;

const write = `local function put(pairs)
  for first = 1, #pairs, 1000 do
    local last = math.min(first + 999, #pairs)
    if redis.call('hset', KEYS[1], unpack(pairs, first, last)) > 0 then
      local ordered = {}
      for i = first, last, 2 do
        ordered[#ordered + 1] = 0
        ordered[#ordered + 1] = pairs[i]
      end
      redis.call('zadd', KEYS[2], unpack(ordered))
    end
  end
end
local function delete(keys)
  for first = 1, #keys, 1000 do
    local last = math.min(first + 999, #keys)
    redis.call('hdel', KEYS[1], unpack(keys, first, last))
    redis.call('zrem', KEYS[2], unpack(keys, first, last))
  end
end`;

/** Opens a space for the id `ARGV[1]` if it is new. Returns its id and the next epoch. */
export const openScript = `redis.call('hsetnx', KEYS[3], 'id', ARGV[1])
redis.call('hincrby', KEYS[3], 'epoch', 1)
return redis.call('hmget', KEYS[3], 'id', 'epoch')`;

/** Returns the values of the keys `ARGV[1]`, up to 1,000. */
export const readScript = `return redis.call('hmget', KEYS[1], unpack(cmsgpack.unpack(ARGV[1])))`;

/** Writes the rows `ARGV[2]`, given as keys and values in turn, and deletes those of the keys `ARGV[3]`. */
export const commitScript = `${owned}
${write}
put(cmsgpack.unpack(ARGV[2]))
delete(cmsgpack.unpack(ARGV[3]))
return 1`;

/** Adds a part of a commit to the list `KEYS[4]`, which Redis deletes after an hour. */
export const stageScript = `${owned}
redis.call('rpush', KEYS[4], ARGV[2])
redis.call('expire', KEYS[4], 3600)
return 1`;

/** Applies the rows of the list `KEYS[4]` and the deletes of `KEYS[5]`, if they have `ARGV[2]` and `ARGV[3]` parts. */
export const commitStagedScript = `${owned}
${write}
local puts, deletes = redis.call('lrange', KEYS[4], 0, -1), redis.call('lrange', KEYS[5], 0, -1)
if #puts ~= tonumber(ARGV[2]) or #deletes ~= tonumber(ARGV[3]) then
  return redis.error_reply('the staged writes are incomplete')
end
for _, part in ipairs(puts) do put(cmsgpack.unpack(part)) end
for _, part in ipairs(deletes) do delete(cmsgpack.unpack(part)) end
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
