import { instant } from '@kstreams/ui/format';
import { readersAsWriters } from '@kstreams/ui/layout';
import { seek } from '../model/playback.js';
import { at, topology } from '../model/run.js';
import type { DisplayValue, Output, Step } from '../run/messages.js';
import { keyText, valueText } from './format.js';

/** The origin of an output: the input record, the path through the nodes, the rows read and written. */
export const OutputOrigin = ({
  step,
  number,
  output,
  close,
}: {
  step: Step;
  number: number;
  output: Output | undefined;
  close: () => void;
}) => {
  const { cause, writes } = step;
  const reads = [...new Map(step.reads.map((read) => [`${read.store} ${read.key.text}`, read])).values()];
  const way = output === undefined ? [] : wayTo(step, output);
  return (
    <aside class="why" aria-label="What made this output">
      <header>
        <b>What made it</b>
        <span>
          {at.value !== number && (
            <button type="button" onClick={() => seek(number)}>
              Go there
            </button>
          )}
          <button type="button" aria-label="Close" onClick={close}>
            ×
          </button>
        </span>
      </header>
      <dl>
        <dt>{cause.kind === 'record' ? `Record ${number}` : `Step ${number}`}</dt>
        <dd>
          {cause.kind === 'record'
            ? `${cause.topic}: ${keyText(cause.record.key)} → ${valueText(cause.record.value)} at ${instant(cause.record.timestamp)}`
            : `the clock moved to ${instant(cause.now)}`}
        </dd>
        {way.length > 0 && <dt>Its way</dt>}
        {way.length > 0 && <dd>{way.join(' → ')}</dd>}
        {reads.length > 0 && <dt>It read</dt>}
        {reads.map(({ store, key, found }, i) => (
          <dd key={`read ${i}`}>
            <i>{store}</i> {keyText(key)}: {rowText(found)}
          </dd>
        ))}
        {writes.length > 0 && <dt>It wrote</dt>}
        {writes.map(({ store, key, before, after }, i) => (
          <dd key={`write ${i}`}>
            <i>{store}</i> {keyText(key)}: {rowText(before)} → {rowText(after)}
          </dd>
        ))}
      </dl>
    </aside>
  );
};

const rowText = (row: DisplayValue | undefined): string => (row === undefined ? 'no row' : valueText(row));

/** Returns the nodes on the path of an output, from its source. */
const wayTo = ({ flows }: Step, output: Output): readonly string[] => {
  const last = flows.findLastIndex(
    ({ record }) => record.value.text === output.value.text && record.key.text === output.key.text,
  );
  const own = topology.value === undefined ? new Map<string, string>() : readersAsWriters(topology.value);
  const way: string[] = [];
  let node = flows[last]?.to;
  for (let i = last; i >= 0 && node !== undefined; i--) {
    const flow = flows[i];
    if (flow?.to !== node) continue;
    way.unshift(flow.to);
    node = own.get(flow.from) ?? flow.from;
  }
  return node === undefined ? way : [node, ...way];
};
