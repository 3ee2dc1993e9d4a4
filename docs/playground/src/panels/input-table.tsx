import { TableHead } from '@kstreams/ui/table-head';
import { choose } from '../model/snippet.js';
import type { TableRow } from '../run/messages.js';

/** The most rows that can be edited; those after them are kept. */
const most = 200;

/** Editable records of a topic: key and value as JSON or plain text, time in ms or as a date. */
export const InputTable = ({ topic, rows }: { topic: string; rows: readonly TableRow[] }) => {
  const set = (next: readonly TableRow[]): void => choose(topic, { kind: 'table', rows: next });
  const edit = (at: number, part: Partial<TableRow>): void =>
    set(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  const add = (): void => {
    const last = rows.at(-1) ?? { key: 'a', value: '1', time: '0' };
    set([...rows, { ...last, time: later(last.time) }]);
  };
  return (
    <table class="edited">
      <TableHead columns={['key', 'value', 'time', { hidden: 'remove' }]} />
      <tbody>
        {rows.slice(0, most).map((row, at) => (
          <tr key={`${at}`}>
            <td>
              <input
                aria-label={`key of row ${at + 1}`}
                value={row.key}
                onInput={({ currentTarget }) => edit(at, { key: currentTarget.value })}
              />
            </td>
            <td>
              <input
                aria-label={`value of row ${at + 1}`}
                value={row.value}
                onInput={({ currentTarget }) => edit(at, { value: currentTarget.value })}
              />
            </td>
            <td>
              <input
                aria-label={`time of row ${at + 1}`}
                value={row.time}
                onInput={({ currentTarget }) => edit(at, { time: currentTarget.value })}
              />
            </td>
            <td>
              <button
                type="button"
                aria-label={`remove row ${at + 1}`}
                onClick={() => set(rows.filter((_, i) => i !== at))}
              >
                ×
              </button>
            </td>
          </tr>
        ))}
        <tr>
          <td colSpan={4}>
            {rows.length > most && <p>{(rows.length - most).toLocaleString('en')} more rows are not shown.</p>}
            {rows.length < most && (
              <button type="button" onClick={add}>
                Add a row
              </button>
            )}
          </td>
        </tr>
      </tbody>
    </table>
  );
};

/** Adds one second to a time in ms; a date stays as it is. */
const later = (time: string): string => (/^\d+$/.test(time) ? String(Number(time) + 1_000) : time);
