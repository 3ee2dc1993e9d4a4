import { signal } from '@preact/signals';

/** The sizes of the panes, in percent of the page; kept by the browser. */
const kept = 'kstreams-playground-panes';
const usual = { left: 47, top: 55 };
type Sizes = typeof usual;

const read = (): Sizes => {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(kept) ?? '{}') as Partial<Sizes>) };
  } catch {
    // The entry is no sizes of ours.
    return usual;
  }
};

const sizes = signal(read());

/** The sizes as properties of a style. */
export const paneStyle = (): string => {
  const { left, top } = sizes.value;
  return `--left: ${left}fr; --right: ${100 - left}fr; --top: ${top}fr; --bottom: ${100 - top}fr`;
};

const [least, largest] = [15, 85];

const resize = (pane: keyof Sizes, to: number): void => {
  sizes.value = { ...sizes.value, [pane]: Math.round(Math.min(largest, Math.max(least, to))) };
  localStorage.setItem(kept, JSON.stringify(sizes.value));
};

/** A bar between two panes, which pointers and the arrow keys move. */
export const Splitter = ({ label, pane }: { label: string; pane: keyof Sizes }) => {
  const moved = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const { height, left, top, width } = (bar.parentElement as HTMLElement).getBoundingClientRect();
    resize(pane, pane === 'left' ? ((event.clientX - left) / width) * 100 : ((event.clientY - top) / height) * 100);
  };
  const keys: Readonly<Record<string, number>> =
    pane === 'left' ? { ArrowLeft: -3, ArrowRight: 3 } : { ArrowUp: -3, ArrowDown: 3 };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves, which a rule does not
    <div
      class={`splitter ${pane}`}
      role="separator"
      tabindex={0}
      aria-label={label}
      aria-orientation={pane === 'left' ? 'vertical' : 'horizontal'}
      aria-valuenow={sizes.value[pane]}
      aria-valuemin={least}
      aria-valuemax={largest}
      onPointerDown={(event) => (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)}
      onPointerMove={moved}
      onKeyDown={(event) => {
        const by = keys[event.key];
        if (by === undefined) return;
        event.preventDefault();
        resize(pane, sizes.value[pane] + by);
      }}
      onDblClick={() => resize(pane, usual[pane])}
    />
  );
};
