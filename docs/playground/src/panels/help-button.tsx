import { useEffect, useRef } from 'preact/hooks';
import { onShortcut, shortcutsWith } from '../model/shortcuts.js';

/** Keys of the editor, which it handles itself. */
const editorKeys = [
  ['Ctrl', 'Space', 'Complete'],
  ['', 'F8', 'To the next problem'],
  ['', 'Escape, then Tab', 'Leave the editor'],
] as const;

/** Opens a dialog with the keyboard shortcuts, and handles them. */
export const HelpButton = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = (): void => {
    if (dialog.current?.open === false) dialog.current.showModal();
  };
  const shortcuts = shortcutsWith(open);
  useEffect(() => {
    const handle = onShortcut(shortcuts);
    // Before the editor, which has bindings for some of the keys.
    document.addEventListener('keydown', handle, { capture: true });
    return () => document.removeEventListener('keydown', handle, { capture: true });
  }, []);
  const all = [...shortcuts.map((one) => [one.with, one.name, one.text] as const), ...editorKeys];
  return (
    <>
      <button type="button" aria-label="Keyboard shortcuts" onClick={open}>
        ?
      </button>
      <dialog ref={dialog} class="help" aria-label="Keyboard shortcuts">
        <header>
          <h2>Keyboard shortcuts</h2>
          <button type="button" aria-label="Close" onClick={() => dialog.current?.close()}>
            ×
          </button>
        </header>
        <dl>
          {all.map(([modifier, key, text]) => (
            <div key={text}>
              <dt>
                {modifier !== '' && (
                  <>
                    <kbd>{modifier}</kbd> +{' '}
                  </>
                )}
                <kbd>{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </dialog>
    </>
  );
};
