import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { steps } from '../model/run.js';
import { code, cursor, editor, language, learnShapes, runSoon } from '../model/snippet.js';

/** The editor, or the plain code until it is there; the first results come before the editor is asked for. */
export const CodeRoom = () => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    const openOnce = async (): Promise<void> => {
      const { openEditor } = await import('../editor/editor.js');
      if (gone || place.current === null || editor.value !== undefined) return;
      editor.value = openEditor(place.current, code.value, language, {
        changed: (next) => {
          code.value = next;
          runSoon();
        },
        moved: (line) => {
          cursor.value = line;
        },
      });
      void learnShapes();
    };
    // Whatever comes first: something to show, or a second.
    const timer = setTimeout(openOnce, 1_000);
    const stop = effect(() => {
      if (steps.value.length > 0 && code.value !== '') queueMicrotask(() => void openOnce());
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, []);
  return (
    <div class="editor" ref={place}>
      {editor.value === undefined && <pre class="plain-code">{code.value}</pre>}
    </div>
  );
};
