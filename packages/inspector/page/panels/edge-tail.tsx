import { RecordTable, type TableRecord } from '@kstreams/ui';
import { useEffect, useState } from 'preact/hooks';
import { RequestError } from '../model/connection.js';
import { application } from '../model/session.js';
import { tail } from '../model/tail.js';

/** The most records that are shown. */
const most = 100;

/** A sample of the records on an edge, on demand. */
export const EdgeTail = ({ from, to }: { from: string; to: string }) => {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const [records, setRecords] = useState<readonly TableRecord[]>([]);
  useEffect(() => setRecords([]), [from, to]);
  useEffect(() => {
    if (!open) return;
    const end = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const found of tail({ from, to }, end.signal))
        setRecords((before) => [...found.toReversed(), ...before].slice(0, most));
    };
    setError(undefined);
    follow().catch((thrown: unknown) => {
      if (end.signal.aborted) return;
      setOpen(false);
      if (!(thrown instanceof RequestError)) throw thrown;
      setError(thrown.message);
    });
    return () => end.abort();
  }, [open, from, to]);
  if (application.value?.records === false) return null;
  return (
    <section aria-label="Records">
      <p class="about" role="status">
        <button type="button" aria-pressed={open} onClick={() => setOpen(!open)}>
          Watch records
        </button>{' '}
        {open ? 'At most 20 per second and process.' : ''}
      </p>
      {error !== undefined && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {records.length > 0 && <RecordTable label="Sampled records" records={records} />}
      {open && records.length === 0 && <p class="nothing">No records yet.</p>}
    </section>
  );
};
