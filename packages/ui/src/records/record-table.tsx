import { useState } from 'preact/hooks';
import { instant, keyText } from '../format.js';
import { TableHead } from '../table/table-head.js';
import { type RecordJson, RecordView } from './record-view.js';
import { lineOf } from './typed-text.js';

/** A record of a table. */
export interface TableRecord extends RecordJson {
  /** Unique in the table. */
  readonly id: string;
}

/** A table of records, one line each. A line opens to all of its record. */
export const RecordTable = ({
  label,
  records,
}: {
  readonly label: string;
  readonly records: readonly TableRecord[];
}) => {
  const [open, setOpen] = useState<string | undefined>(undefined);
  return (
    <div class="scroll">
      <table class="records" aria-label={label}>
        <TableHead columns={['key', 'value', 'timestamp']} />
        <tbody>
          {records.map((record) => {
            const { id, key, timestamp, value } = record;
            const opened = open === id;
            return [
              <tr key={id} class={opened ? 'opened' : ''}>
                <td>
                  <button
                    type="button"
                    class="cell"
                    aria-expanded={opened}
                    onClick={() => setOpen(opened ? undefined : id)}
                  >
                    {keyText(key)}
                  </button>
                </td>
                <td class={value === undefined ? 'deleted' : ''}>{value === undefined ? 'deleted' : lineOf(value)}</td>
                <td class="when">{timestamp === undefined ? '' : instant(timestamp)}</td>
              </tr>,
              opened && (
                <tr key={`${id} open`} class="all">
                  <td colSpan={3}>
                    <RecordView record={record} />
                  </td>
                </tr>
              ),
            ];
          })}
        </tbody>
      </table>
    </div>
  );
};
