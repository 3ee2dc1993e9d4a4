import { instant } from '@kstreams/ui/format';
import { useState } from 'preact/hooks';
import { keyName } from '../model/key-name.js';
import type { Lane } from '../model/marbles.js';
import { seek } from '../model/playback.js';
import { at } from '../model/run.js';
import { picked } from '../model/view.js';
import type { DisplayRecord } from '../run/messages.js';
import { keyText, valueText } from './format.js';
import { type Mark, marbleMarks, rowHeight, type Scale, windowMarks } from './marble-marks.js';

/** The most records and windows that a lane shows. */
const most = { marbles: 1_000, windows: 500 };

interface LaneOptions {
  readonly lane: Lane;
  readonly toX: Scale;
  /** Returns the number of the color of a key, from 0 to 5. */
  readonly colorOf: (key: string) => number;
  readonly streamTime: number | undefined;
}

/** The lane of a topic: its records, and its windows as bars. One of them has the place in the order of Tab. */
export const MarbleLane = ({ colorOf, lane, streamTime = Number.NEGATIVE_INFINITY, toX }: LaneOptions) => {
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const { kind, topic } = lane;
  const windows = windowMarks(lane.windows.slice(-most.windows), toX, streamTime);
  const marbles = marbleMarks(lane.marbles.slice(-most.marbles), toX);
  const left = Math.max(0, lane.windows.length - most.windows) + Math.max(0, lane.marbles.length - most.marbles);
  const late = lane.marbles.filter((one) => one.late).length;
  const parts = [
    ...(lane.windows.length > 0 ? [`${lane.windows.length} windows`] : []),
    ...(lane.marbles.length > 0 ? [`${lane.marbles.length} records`] : []),
    ...(late > 0 ? [`${late} late`] : []),
    ...(left > 0 ? [`the first ${left} not shown`] : []),
  ];
  const groups = [windows, marbles].filter(({ marks }) => marks.length > 0);
  const reached = groups.flatMap(({ marks }) => marks);
  const stop = reached.find(({ id }) => id === focused)?.id ?? reached.at(-1)?.id;
  return (
    <fieldset class="lane">
      <legend>
        {topic} <span>{[kind === 'source' ? 'read' : 'written', ...parts].join(' · ')}</span>
      </legend>
      {groups.map(({ marks, rows }, n) => (
        <div key={n} class="rows" style={{ height: `${rows * rowHeight}px` }}>
          {marks.map((mark) => (
            <MarkButton
              key={mark.id}
              mark={mark}
              color={colorOf(keyName(mark.of.record.key))}
              reachable={mark.id === stop}
              focus={() => setFocused(mark.id)}
            />
          ))}
        </div>
      ))}
    </fieldset>
  );
};

const labelOf = ({ key, timestamp, value }: DisplayRecord, { kind, of }: Mark): string =>
  [
    `${keyText(key)} → ${value.data === null ? 'deleted' : valueText(value)}`,
    ...('from' in of ? [] : [instant(timestamp)]),
    ...(kind.endsWith(' late') ? ['late'] : []),
    ...(kind.endsWith(' open') ? ['not over'] : []),
    `step ${of.step}`,
  ].join(', ');

interface MarkOptions {
  readonly mark: Mark;
  readonly color: number;
  /** True for the mark that Tab reaches. */
  readonly reachable: boolean;
  readonly focus: () => void;
}

const MarkButton = ({ color, focus, mark, reachable }: MarkOptions) => {
  const { kind, of, style, text } = mark;
  const { index, record, step } = of;
  const isPicked = index !== undefined && picked.value?.step === step && picked.value.index === index;
  const label = labelOf(record, mark);
  const act = (): void => {
    if (index === undefined) seek(step);
    else picked.value = isPicked ? undefined : { step, index };
  };
  return (
    <button
      type="button"
      class={`${kind} line-${color}${step === at.value ? ' now' : ''}${isPicked ? ' picked' : ''}`}
      style={style}
      title={label}
      aria-label={label}
      tabIndex={reachable ? 0 : -1}
      onFocus={focus}
      onClick={act}
      onKeyDown={(event) => {
        const to = { ArrowRight: 'nextElementSibling', ArrowLeft: 'previousElementSibling' }[event.key];
        const sibling = to && event.currentTarget[to as 'nextElementSibling'];
        if (!(sibling instanceof HTMLElement)) return;
        event.preventDefault();
        sibling.focus();
      }}
    >
      <span>{text}</span>
    </button>
  );
};
