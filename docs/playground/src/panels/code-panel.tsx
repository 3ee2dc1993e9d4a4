import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { steps } from '../model/run.js';
import { code, cursor, editor, inferShapes, language, problems, runSoon } from '../model/snippet.js';

/** The editor, or plain code until it has loaded. It loads after the first results. */
export const CodePanel = () => {
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
        checked: (found) => {
          problems.value = found;
        },
      });
      void inferShapes();
    };
    // Load the editor after the first result, or after one second without any.
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
