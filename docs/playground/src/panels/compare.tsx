import { instant } from '@kstreams/ui/format';
import { TableHead } from '@kstreams/ui/table-head';
import { compared, forgetRun, keepRun } from '../model/compare.js';
import type { Output } from '../run/messages.js';
import { keyText, valueText } from './format.js';

const most = 200;

/** The outputs of a kept run beside those of the current one. */
export const Compare = () => {
  const { value } = compared;
  if (value === undefined)
    return (
      <div class="nothing">
        <p>Keep this run, then change the code or the input: outputs that differ appear here.</p>
        <button type="button" onClick={keepRun}>
          Keep this run
        </button>
      </div>
    );
  const { after, before, differences } = value;
  const { length } = differences;
  return (
    <>
      <div class="choices">
        <button type="button" onClick={keepRun}>
          Keep this run
        </button>
        <button type="button" onClick={forgetRun}>
          Forget
        </button>
        <span class="legend" role="status">
          {length === 0 ? 'The runs have equal outputs' : `${length === 1 ? '1 key differs' : `${length} keys differ`}`}
          : {before.toLocaleString('en')} outputs before, {after.toLocaleString('en')} after
        </span>
      </div>
      {length > 0 && (
        <table class="differences" aria-label="Differences">
          <TableHead columns={['topic', 'key', 'before', 'after']} />
          <tbody>
            {differences.slice(0, most).map((one) => (
              <tr key={`${one.topic} ${one.key.text}`}>
                <td class="topic">{one.topic}</td>
                <td>{keyText(one.key)}</td>
                <Side outputs={one.before} first={one.first} />
                <Side outputs={one.after} first={one.first} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {length > most && <p class="nothing">{(length - most).toLocaleString('en')} more are not shown.</p>}
    </>
  );
};

/** The first output that differs, with its place among those of its key. */
const Side = ({ first, outputs }: { outputs: readonly Output[]; first: number }) => {
  const output = outputs[first];
  if (output === undefined)
    return <td class="topic">{outputs.length === 0 ? 'none' : `no ${ordinal(first)} output`}</td>;
  const { timestamp, value } = output;
  return (
    <td>
      {value.data === null ? <span class="deleted">deleted</span> : valueText(value)}{' '}
      <span class="legend">
        {instant(timestamp)}
        {outputs.length > 1 && `, output ${first + 1} of ${outputs.length}`}
      </span>
    </td>
  );
};

const ordinal = (index: number): string => {
  const suffix = index % 10 < 3 && Math.floor(index / 10) % 10 !== 1 ? ['st', 'nd', 'rd'][index % 10] : 'th';
  return `${index + 1}${suffix}`;
};
