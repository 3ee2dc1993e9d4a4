import { instant } from '@kstreams/ui/format';
import { computed, signal } from '@preact/signals';
import { outputs, type Written } from '../model/outputs.js';
import { seek } from '../model/playback.js';
import { at, steps } from '../model/run.js';
import { keyText, valueText } from './format.js';
import { OutputOrigin } from './output-origin.js';

const most = 200;

/** The selected output, by its step and its index within the step. */
const chosen = signal<{ readonly step: number; readonly index: number } | undefined>(undefined);

const newestFirst = computed(() => outputs.value.slice(-most).toReversed());

/** The output records, newest first. A click shows the origin of one. */
export const Outputs = () => {
  const all = outputs.value;
  const pick = chosen.value;
  const step = pick === undefined ? undefined : steps.value[pick.step - 1];
  if (all.length === 0) return <p class="nothing">Nothing was written to a topic so far.</p>;
  return (
    <div class="outputs">
      <table>
        <thead>
          <tr>
            <th>topic</th>
            <th>key</th>
            <th>value</th>
            <th>time</th>
          </tr>
        </thead>
        <tbody>
          {newestFirst.value.map((one) => (
            <Row
              key={`${one.step} ${one.index}`}
              one={one}
              picked={pick?.step === one.step && pick.index === one.index}
            />
          ))}
        </tbody>
      </table>
      {all.length > most && <p class="nothing">{all.length - most} older ones are not shown.</p>}
      {pick !== undefined && step !== undefined && (
        <OutputOrigin
          step={step}
          number={pick.step}
          output={step.outputs[pick.index]}
          close={() => (chosen.value = undefined)}
        />
      )}
    </div>
  );
};

const Row = ({ one, picked }: { one: Written; picked: boolean }) => {
  const pick = (): void => {
    chosen.value = picked ? undefined : { step: one.step, index: one.index };
  };
  return (
    <tr
      class={`${picked ? 'picked' : ''}${one.step === at.value ? ' now' : ''}`}
      tabIndex={0}
      onClick={pick}
      onDblClick={() => seek(one.step)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') pick();
      }}
    >
      <td class="topic">{one.topic}</td>
      <td>{keyText(one.key)}</td>
      <td class={one.value.data === null ? 'deleted' : ''}>
        {one.value.data === null ? 'deleted' : valueText(one.value)}
      </td>
      <td class="time">{instant(one.timestamp)}</td>
    </tr>
  );
};
