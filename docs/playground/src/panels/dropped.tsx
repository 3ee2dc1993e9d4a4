import { TableHead } from '@kstreams/ui/table-head';
import { seek } from '../model/playback.js';
import { shownDrops } from '../model/view.js';
import { causeText, reasons } from './format.js';

/** The dropped records, each with its reason. */
export const Dropped = () => {
  if (shownDrops.value.length === 0) return <p class="nothing">No record was dropped.</p>;
  return (
    <table class="dropped">
      <TableHead columns={['record', 'by', 'because']} />
      <tbody>
        {shownDrops.value
          .slice(-200)
          .toReversed()
          .map(({ step, node, reason, cause }, i) => (
            <tr key={`${step} ${i}`} onClick={() => seek(step)}>
              <td>
                <button type="button" class="plain" onClick={() => seek(step)}>
                  {step}
                </button>{' '}
                {cause.kind === 'record' ? `${cause.record.key.text}: ${cause.record.value.text}` : causeText(cause)}
              </td>
              <td>{node}</td>
              <td title={reason}>{reasons[reason] ?? reason}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
};
