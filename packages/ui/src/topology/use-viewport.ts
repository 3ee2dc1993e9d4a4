import type { Drawing } from '@kstreams/drawing';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { begun, fitted, panned, type Size, type Viewport, zoomed } from './viewport.js';

/** A step of the arrow keys, in pixels. */
const step = 60;

/** The factor of one step of a zoom. */
export const zoomStep = 1.25;

/** Keeps the viewport of a drawing, and moves it by pointers, wheel and keys. */
export const useViewport = (drawing: Drawing) => {
  const stage = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const [view, setView] = useState<Viewport>({ x: 0, y: 0, scale: 1 });
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  useLayoutEffect(() => {
    const element = stage.current as HTMLDivElement;
    const measure = (): void => setRoom({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  const measured = room.width > 0 && room.height > 0;
  useLayoutEffect(() => {
    if (measured) setView(begun(drawing, room));
  }, [drawing, measured]);
  const pan = (x: number, y: number): void => setView((now) => panned(now, { x, y }, drawing, room));
  const at = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = (stage.current as HTMLDivElement).getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  useEffect(() => {
    const element = stage.current as HTMLDivElement;
    // The listeners of components are passive for wheels.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || !event.shiftKey)
        setView((now) => zoomed(now, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), at(event)));
      else pan(-event.deltaY, 0);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  });
  const bindings = {
    onPointerDown: (event: PointerEvent) => {
      pointers.current.set(event.pointerId, at(event));
    },
    onPointerMove: (event: PointerEvent) => {
      const before = pointers.current.get(event.pointerId);
      if (before === undefined) return;
      const now = at(event);
      const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
      if (others[0] === undefined && Math.hypot(now.x - before.x, now.y - before.y) < 3) return;
      (stage.current as HTMLDivElement).setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, now);
      const [other] = others;
      if (other === undefined) return pan(now.x - before.x, now.y - before.y);
      const spread = (one: { x: number; y: number }): number => Math.hypot(one.x - other.x, one.y - other.y) || 1;
      setView((view) => zoomed(view, spread(now) / spread(before), other));
    },
    onPointerUp: (event: PointerEvent) => void pointers.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent) => void pointers.current.delete(event.pointerId),
    onPointerLeave: (event: PointerEvent) => void pointers.current.delete(event.pointerId),
    onKeyDown: (event: KeyboardEvent) => {
      const middle = { x: room.width / 2, y: room.height / 2 };
      const act: Readonly<Record<string, () => void>> = {
        ArrowLeft: () => pan(step, 0),
        ArrowRight: () => pan(-step, 0),
        ArrowUp: () => pan(0, step),
        ArrowDown: () => pan(0, -step),
        '+': () => setView((now) => zoomed(now, zoomStep, middle)),
        '=': () => setView((now) => zoomed(now, zoomStep, middle)),
        '-': () => setView((now) => zoomed(now, 1 / zoomStep, middle)),
        '0': () => setView(fitted(drawing, room)),
      };
      const action = act[event.key];
      if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    },
  };
  return { bindings, change: setView, room, stage, view };
};
