import { instant } from '@kstreams/ui/format';
import { TableHead } from '@kstreams/ui/table-head';
import { useEffect, useRef } from 'preact/hooks';
import { hasUnknownShape } from '../input/generate.js';
import { outputs, type Written } from '../model/outputs.js';
import { seek } from '../model/playback.js';
import { at, driven, input } from '../model/run.js';
import { explained, onlyTopic, picked, shownOutputs, topics } from '../model/view.js';
import { keyText, valueText } from './format.js';
import { OutputOrigin } from './output-origin.js';

const most = 200;

/** The output records, newest first. A click shows the origin of one. */
export const Outputs = () => {
  if (outputs.value.length === 0) return <p class="nothing">{nothingText()}</p>;
  const shown = shownOutputs.value;
  return (
    <div class="outputs">
      <div class="records">
        <TopicFilter />
        <table aria-label="Outputs">
          <TableHead columns={['topic', 'key', 'value', 'time']} />
          <tbody>
            {shown
              .slice(-most)
              .toReversed()
              .map((one) => (
                <Row
                  key={`${one.step} ${one.index}`}
                  one={one}
                  isPicked={picked.value?.step === one.step && picked.value.index === one.index}
                />
              ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="nothing">No output so far of this topic and key.</p>}
        {shown.length > most && (
          <p class="nothing">{(shown.length - most).toLocaleString('en')} older ones are not shown.</p>
        )}
      </div>
      {explained.value !== undefined && <OutputOrigin />}
    </div>
  );
};

/** Returns the reason why there is no output. */
const nothingText = (): string => {
  const waiting = Object.entries(input.value).flatMap(([topic, choice]) => (hasUnknownShape(choice) ? [topic] : []));
  if (!driven.value && waiting.length > 0)
    return `No record was made for ${waiting.join(', ')}: the type of the values is not known yet. Give the topic a type, or choose its input.`;
  return 'Nothing was written to a topic so far.';
};

const TopicFilter = () => {
  if (topics.value.length < 2 && onlyTopic.value === undefined) return null;
  const known = onlyTopic.value === undefined ? topics.value : [...new Set([...topics.value, onlyTopic.value])];
  return (
    <label class="filter">
      Topic{' '}
      <select
        value={onlyTopic.value ?? ''}
        onChange={({ currentTarget }) => (onlyTopic.value = currentTarget.value || undefined)}
      >
        <option value="">all</option>
        {known.map((topic) => (
          <option key={topic} value={topic}>
            {topic}
          </option>
        ))}
      </select>
    </label>
  );
};

const Row = ({ one, isPicked }: { one: Written; isPicked: boolean }) => {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isPicked) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isPicked]);
  const pick = (): void => {
    picked.value = isPicked ? undefined : { step: one.step, index: one.index };
  };
  return (
    <tr
      ref={row}
      class={`${isPicked ? 'picked' : ''}${one.step === at.value ? ' now' : ''}`}
      onClick={pick}
      onDblClick={() => seek(one.step)}
    >
      <td class="topic">{one.topic}</td>
      <td>
        <button
          type="button"
          class="cell"
          aria-expanded={isPicked}
          aria-label={`What made ${keyText(one.key)} in ${one.topic}`}
          onClick={(event) => {
            event.stopPropagation();
            pick();
          }}
        >
          {keyText(one.key)}
        </button>
      </td>
      <td class={one.value.data === null ? 'deleted' : ''}>
        {one.value.data === null ? 'deleted' : valueText(one.value)}
      </td>
      <td class="time">{instant(one.timestamp)}</td>
    </tr>
  );
};
