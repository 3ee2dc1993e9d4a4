import { expect, test } from '@jest/globals';
import { findService } from './services.js';

test('a service is where its variable says', () => {
  expect(findService('kafka', { KSTREAMS_KAFKA: 'localhost:9092', KSTREAMS_REQUIRE: 'kafka' })).toEqual({
    address: 'localhost:9092',
  });
});

test('a missing service is a failure only where it is required by its whole name', () => {
  const missing = 'kafka — set KSTREAMS_KAFKA=host:port';
  expect(findService('kafka', {})).toEqual({ missing, required: false });
  expect(findService('kafka', { KSTREAMS_REQUIRE: 'kafka2,other' })).toEqual({ missing, required: false });
  expect(findService('kafka', { KSTREAMS_KAFKA: '', KSTREAMS_REQUIRE: 'other, kafka' })).toEqual({
    missing,
    required: true,
  });
});
