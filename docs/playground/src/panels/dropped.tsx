import { drops } from '../model/outputs.js';
import { travel } from '../model/playback.js';
import { reasons } from './words.js';

/** The records that were left out, each with the reason. */
export const Dropped = () => {
  if (drops.value.length === 0) return <p class="nothing">No record was dropped.</p>;
  return (
    <table class="dropped">
      <thead>
        <tr>
          <th>record</th>
          <th>by</th>
          <th>because</th>
        </tr>
      </thead>
      <tbody>
        {drops.value
          .slice(-200)
          .toReversed()
          .map(({ step, node, reason, cause }, i) => (
            <tr key={`${step} ${i}`} onClick={() => travel(step)}>
              <td>
                <button type="button" class="plain" onClick={() => travel(step)}>
                  {step}
                </button>{' '}
                {cause.kind === 'record' ? `${cause.record.key.text}: ${cause.record.value.text}` : 'the clock'}
              </td>
              <td>{node}</td>
              <td title={reason}>{reasons[reason] ?? reason}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
};
