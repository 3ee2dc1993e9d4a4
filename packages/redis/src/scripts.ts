/**
 * The scripts that run in Redis, each as one atomic step. Their keys are those of a space, in this order: the hash of rows, the
 * sorted set of row keys, the hash of the owner. The first argument of those that write is the epoch of the caller, and they
 * return 0 if another process has taken the space over. Lists of keys and values are packed with MessagePack. A call in a
 * script takes up to 1,000 of them, which fit on its stack.
 */

/** A change of rows: its kind, and its packed arguments. */
export type Change = readonly [kind: keyof typeof changes, packed: Buffer];

/** The functions that change rows, by the kind of their change. */
const changes = {
  /** Writes rows, given as keys and values in turn. The score is a text, since Redis would format each number. */
  put: `for first = 1, #items, 1000 do
    local last = math.min(first + 999, #items)
    if redis.call('hset', KEYS[1], unpack(items, first, last)) > 0 then
      local ordered = {}
      for i = first, last, 2 do
        ordered[#ordered + 1] = '0'
        ordered[#ordered + 1] = items[i]
      end
      redis.call('zadd', KEYS[2], unpack(ordered))
    end
  end`,
  /** Deletes the rows of keys. */
  delete: `for first = 1, #items, 1000 do
    local last = math.min(first + 999, #items)
    redis.call('hdel', KEYS[1], unpack(items, first, last))
    redis.call('zrem', KEYS[2], unpack(items, first, last))
  end`,
  /** Deletes the rows between two bounds of the sorted set. */
  clear: `for _, key in ipairs(redis.call('zrangebylex', KEYS[2], items[1], items[2])) do
    redis.call('hdel', KEYS[1], key)
  end
  redis.call('zremrangebylex', KEYS[2], items[1], items[2])`,
  /** Sets strings, given as key, value and instant of expiry in ms in turn; an empty instant for none. */
  show: `for i = 1, #items, 3 do
    if items[i + 2] == '' then redis.call('set', items[i], items[i + 1])
    else redis.call('set', items[i], items[i + 1], 'pxat', items[i + 2]) end
  end`,
  /** Deletes strings. */
  hide: `for first = 1, #items, 1000 do
    redis.call('unlink', unpack(items, first, math.min(first + 999, #items)))
  end`,
} as const;

const owned = `if redis.call('hget', KEYS[3], 'epoch') ~= ARGV[1] then return 0 end`;

const bodies = Object.entries(changes).map(([kind, body]) => `change['${kind}'] = function(items)\n  ${body}\nend`);

const apply = `local change = {}
${bodies.join('\n')}
local function apply(parts, from)
  for i = from, #parts, 2 do change[parts[i]](cmsgpack.unpack(parts[i + 1])) end
end`;

/**
 * Opens a space for the id `ARGV[1]` and the format `ARGV[2]` if it is new. Returns its format, its id and the next epoch. The
 * epoch stays if the format is another one.
 */
export const openScript = `redis.call('hsetnx', KEYS[3], 'id', ARGV[1])
redis.call('hsetnx', KEYS[3], 'format', ARGV[2])
if redis.call('hget', KEYS[3], 'format') == ARGV[2] then redis.call('hincrby', KEYS[3], 'epoch', 1) end
return redis.call('hmget', KEYS[3], 'format', 'id', 'epoch')`;

/** Returns the values of the keys `ARGV[1]`, up to 1,000. */
export const readScript = `return redis.call('hmget', KEYS[1], unpack(cmsgpack.unpack(ARGV[1])))`;

/** Applies changes, given as kinds and packed arguments in turn. */
export const commitScript = `${owned}
${apply}
apply(ARGV, 2)
return 1`;

/** Adds a change to the list `KEYS[4]`, which Redis deletes after an hour. */
export const stageScript = `${owned}
redis.call('rpush', KEYS[4], ARGV[2], ARGV[3])
redis.call('expire', KEYS[4], 3600)
return 1`;

/** Applies the changes of the list `KEYS[4]`, if it is `ARGV[2]` long. */
export const commitStagedScript = `${owned}
${apply}
local parts = redis.call('lrange', KEYS[4], 0, -1)
if #parts ~= tonumber(ARGV[2]) then return redis.error_reply('the staged writes are incomplete') end
apply(parts, 1)
redis.call('del', KEYS[4])
return 1`;

/** Returns up to `ARGV[4]` keys between two bounds, and their values. `ARGV[1]` is the command that reads them in order. */
export const pageScript = `local keys = redis.call(ARGV[1], KEYS[2], ARGV[2], ARGV[3], 'limit', 0, ARGV[4])
if #keys == 0 then return { keys, keys } end
return { keys, redis.call('hmget', KEYS[1], unpack(keys)) }`;
