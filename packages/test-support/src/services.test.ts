import { expect, test } from '@jest/globals';
import { findService } from './services.js';

test('finds a service at the address in its variable', () => {
  expect(findService('kafka', { KSTREAMS_KAFKA: 'localhost:9092', KSTREAMS_REQUIRE: 'kafka' })).toEqual({
    address: 'localhost:9092',
  });
});

test('a missing service fails only if KSTREAMS_REQUIRE lists its whole name', () => {
  const missing = 'kafka — set KSTREAMS_KAFKA=host:port';
  expect(findService('kafka', {})).toEqual({ missing, required: false });
  expect(findService('kafka', { KSTREAMS_REQUIRE: 'kafka2,other' })).toEqual({ missing, required: false });
  expect(findService('kafka', { KSTREAMS_KAFKA: '', KSTREAMS_REQUIRE: 'other, kafka' })).toEqual({
    missing,
    required: true,
  });
});
