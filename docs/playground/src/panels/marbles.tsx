import { instant } from '@kstreams/ui/format';
import { computed, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Span, ticksOf } from '../model/axis.js';
import { keyName } from '../model/key-name.js';
import { lanesOf, spanOf } from '../model/marbles.js';
import { at, steps, topology } from '../model/run.js';
import { explained, followedKey } from '../model/view.js';
import type { DisplayRecord } from '../run/messages.js';
import { MarbleLane } from './marble-lane.js';
import type { Scale } from './marble-marks.js';
import { OutputOrigin } from './output-origin.js';
import { useWidth } from './use-width.js';

/** The largest width of the axis, in widths of the pane. */
const mostZoom = 64;
const zoom = signal(1);

const globals = computed(() => new Set((topology.value?.globalTables ?? []).map((one) => one.topic)));
const span = computed(() => spanOf(steps.value, globals.value));
const lanes = computed(() => lanesOf(steps.value.slice(0, at.value), globals.value));

/** The numbers of the keys in order of appearance. */
const keys = computed(() => {
  const { lanes } = lanesOf(steps.value, globals.value);
  const all = lanes.flatMap(({ marbles, windows }) =>
    [...marbles, ...windows].map(({ record }) => keyName(record.key)),
  );
  return new Map([...new Set(all)].map((key, n) => [key, n]));
});
const colorOf = (key: string): number => (keys.value.get(key) ?? 0) % 6;

/** The lanes, with the records of the followed key. */
const shownLanes = computed(() => {
  const key = followedKey.value;
  if (key === undefined) return lanes.value.lanes;
  const isShown = ({ record }: { readonly record: DisplayRecord }): boolean => keyName(record.key) === key;
  return lanes.value.lanes.map((lane) => ({
    topic: lane.topic,
    kind: lane.kind,
    marbles: lane.marbles.filter(isShown),
    windows: lane.windows.filter(isShown),
  }));
});

/** The margins of the axis, in px; the right one has room for a text. */
const [leftMargin, rightMargin] = [16, 48];

/** Returns the place of a time on an axis of a width in px. */
const scaleOf = ({ from, to }: Span, width: number): Scale => {
  const inner = Math.max(1, width - leftMargin - rightMargin);
  return (time) => leftMargin + Math.min(1, Math.max(0, (time - from) / (to - from))) * inner;
};

/** The records by event time: a lane for each topic, windows as bars, and stream time. */
export const Marbles = () => {
  const scroller = useRef<HTMLDivElement>(null);
  const room = useWidth(scroller);
  const width = room * zoom.value;
  const toX = scaleOf(span.value, width);
  const { streamTime } = lanes.value;
  const now = streamTime === undefined ? undefined : toX(streamTime);
  useEffect(() => {
    const { current } = scroller;
    if (current === null || now === undefined) return;
    const isShown = now >= current.scrollLeft && now <= current.scrollLeft + current.clientWidth;
    if (!isShown) current.scrollLeft = now - current.clientWidth * 0.8;
  }, [now, width]);
  return (
    <div class="outputs">
      <div class="records">
        <div class="choices">
          <button type="button" aria-label="Narrower" disabled={zoom.value <= 1} onClick={() => (zoom.value /= 2)}>
            −
          </button>
          <button type="button" aria-label="Wider" disabled={zoom.value >= mostZoom} onClick={() => (zoom.value *= 2)}>
            +
          </button>
          <span class="legend">
            <i class="marble-mark" /> record <i class="marble-mark late" /> late <i class="window-mark" /> window{' '}
            <i class="window-mark open" /> not over{' '}
            {streamTime !== undefined && (
              <>
                <i class="time-mark" /> stream time <b>{instant(streamTime)}</b>
              </>
            )}
          </span>
        </div>
        <div class="marbles" ref={scroller}>
          <div class="axis-room" style={{ width: `${width}px` }}>
            <Axis span={span.value} width={width} toX={toX} />
            {room > 0 &&
              shownLanes.value.map((lane) => (
                <MarbleLane
                  key={`${lane.kind} ${lane.topic}`}
                  lane={lane}
                  toX={toX}
                  colorOf={colorOf}
                  streamTime={streamTime}
                />
              ))}
            {now !== undefined && <div class="stream-time" style={{ left: `${now}px` }} />}
          </div>
        </div>
        {shownLanes.value.length === 0 && <p class="nothing">No record was read so far.</p>}
      </div>
      {explained.value !== undefined && <OutputOrigin />}
    </div>
  );
};

/** The space of a label of the axis, in px. */
const labelWidth = 150;

const Axis = ({ span, toX, width }: { span: Span; toX: Scale; width: number }) => (
  <div class="axis" aria-hidden="true">
    {ticksOf(span, Math.max(1, Math.floor(width / labelWidth))).map((time) => (
      <span key={time} style={{ left: `${toX(time)}px` }}>
        {instant(time)}
      </span>
    ))}
  </div>
);
