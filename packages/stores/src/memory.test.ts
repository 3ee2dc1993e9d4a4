import { test } from '@jest/globals';
import { byteStoreChecks } from '@kstreams/testing';
import { memory } from './index.js';

const manifest = { durable: false, remote: false, fenced: false, damage: false };

test.each(byteStoreChecks(manifest))('memory $name', ({ run }) => run({ open: () => memory().open('') }));
