import { useEffect, useState } from 'preact/hooks';
import { RequestError, requestJson } from './connection.js';

/** A response that is read again and again. */
export interface Polled<T> {
  readonly body: T | undefined;
  readonly error: string | undefined;
  /** Reads it now. */
  readonly reload: () => void;
}

/** Reads a path now, and every `interval` ms while the page is visible; once only without an interval. */
export const usePolled = <T>(path: string, interval?: number): Polled<T> => {
  const [body, setBody] = useState<T | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const load = async (): Promise<void> => {
    try {
      setBody(await requestJson<T>(path));
      setError(undefined);
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      setError(thrown.message);
    }
  };
  useEffect(() => {
    void load();
    if (interval === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) void load();
    }, interval);
    return () => clearInterval(timer);
  }, [path, interval]);
  return { body, error, reload: () => void load() };
};
