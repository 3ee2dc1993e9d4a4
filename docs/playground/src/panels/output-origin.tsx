import { instant } from '@kstreams/ui/format';
import { keyName } from '../model/key-name.js';
import { seek } from '../model/playback.js';
import { lines, steps } from '../model/run.js';
import { editor } from '../model/snippet.js';
import { explained, followedKey, picked, selectedNode } from '../model/view.js';
import type { DisplayValue } from '../run/messages.js';
import { causeText, keyText, valueText } from './format.js';

/** The origin of the picked output: the record that led to it, its path through the nodes, the rows read and written. */
export const OutputOrigin = () => {
  const { value } = explained;
  if (value === undefined) return null;
  const { origin, output, step } = value;
  const { legs, reads, writes } = origin;
  const first = legs[0]?.step ?? step;
  return (
    <aside class="why" aria-label="What made this output">
      <header>
        <h2>
          What made <b>{output.topic}</b> {keyText(output.key)} → {textOf(output.value)}
        </h2>
        <button type="button" onClick={() => (followedKey.value = keyName(output.key))}>
          Follow the key
        </button>
        <button type="button" aria-label="Close" onClick={() => (picked.value = undefined)}>
          ×
        </button>
      </header>
      <dl>
        <dt>It came from</dt>
        <dd>
          <StepLink number={first} /> {originText(first)}
        </dd>
        {legs.slice(1).map(({ step: later }) => (
          <dd key={later}>
            and left with <StepLink number={later} /> {originText(later)}
          </dd>
        ))}
        <dt>Its way</dt>
        <dd>
          {legs.flatMap(({ nodes }) => nodes).map((node, i) => [i > 0 && ' → ', <NodeLink key={i} node={node} />])}
        </dd>
        {reads.length > 0 && <dt>It read</dt>}
        {reads.map(({ found, key, store, writtenBy }, i) => (
          <dd key={`read ${i}`}>
            <NodeLink node={`store ${store}`} text={store} /> {keyText(key)}: {textOf(found)}
            {writtenBy !== undefined && (
              <>
                , written by <StepLink number={writtenBy} />
              </>
            )}
          </dd>
        ))}
        {writes.length > 0 && <dt>It wrote</dt>}
        {writes.map(({ store, key, before, after }, i) => (
          <dd key={`write ${i}`}>
            <NodeLink node={`store ${store}`} text={store} /> {keyText(key)}: {textOf(before)} → {textOf(after)}
          </dd>
        ))}
      </dl>
    </aside>
  );
};

const textOf = (value: DisplayValue | undefined): string => (value === undefined ? 'no row' : valueText(value));

/** Returns the cause of a step, with the record. */
const originText = (number: number): string => {
  const cause = steps.value[number - 1]?.cause;
  if (cause === undefined) return '';
  if (cause.kind !== 'record') return causeText(cause);
  const { key, timestamp, value } = cause.record;
  return `${cause.topic}: ${keyText(key)} → ${valueText(value)} at ${instant(timestamp)}`;
};

/** A link that moves to a step. */
const StepLink = ({ number }: { number: number }) => (
  <button type="button" class="link" onClick={() => seek(number)}>
    step {number}
  </button>
);

/** A link that selects a node of the drawing, and marks its line. */
const NodeLink = ({ node, text = node }: { node: string; text?: string }) => (
  <button
    type="button"
    class="link"
    onClick={() => {
      selectedNode.value = node;
      const line = lines.value[node];
      editor.value?.mark(line === undefined ? [] : [line], line !== undefined);
    }}
  >
    {text}
  </button>
);
