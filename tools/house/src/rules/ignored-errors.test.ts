import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { ignoredErrors } from './ignored-errors.js';

const ofText = (text: string) => complaints(ignoredErrors, { 'tools/house/a.ts': text });

test.each([
  'try { a(); } catch {}',
  'try { a(); } catch { return 1; }',
  'a().catch(() => {});',
  'void a().catch(() => undefined);',
  'a().catch(() => []);',
])('an error dropped without a reason is refused: %s', (text) =>
  expect(ofText(text)).toEqual(['tools/house/a.ts:1 an error is dropped without a reason']),
);

test.each([
  'try { a(); } catch { /* Closed twice. */ }',
  '// The caller awaits it.\na().catch(() => {});',
  'a().catch(() => {}); // The caller awaits it.',
  'a().catch(() => { /* The caller awaits it. */ });',
  'try { a(); } catch { b(); /* It was closed. */ }',
  'try { a(); } catch (error) { report(error); }',
  'a().catch((error) => report(error));',
])('a reason, or a use of the error, is accepted: %s', (text) => expect(ofText(text)).toEqual([]));
