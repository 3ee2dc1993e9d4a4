/** The keyboard shortcuts of the page. */
import { goToBreak } from './breakpoints.js';
import { pause, play, playing } from './playback.js';
import { format, runSoon } from './snippet.js';
import { stepBy } from './view.js';

/** A shortcut: its key with Alt, or with Control (on a Mac also Command). */
export interface Shortcut {
  readonly with: 'Alt' | 'Ctrl';
  /** The code of the key, and its name. */
  readonly code: string;
  readonly name: string;
  readonly text: string;
  readonly act: () => void;
}

const paused = (act: () => void) => (): void => {
  pause();
  act();
};

/** All shortcuts; `openHelp` shows them. */
export const shortcutsWith = (openHelp: () => void): readonly Shortcut[] => [
  { with: 'Ctrl', code: 'Enter', name: 'Enter', text: 'Run again', act: runSoon },
  { with: 'Ctrl', code: 'KeyS', name: 'S', text: 'Format the code', act: () => void format() },
  { with: 'Alt', code: 'Period', name: '.', text: 'One step on', act: paused(() => stepBy(1)) },
  { with: 'Alt', code: 'Comma', name: ',', text: 'One step back', act: paused(() => stepBy(-1)) },
  { with: 'Alt', code: 'KeyP', name: 'P', text: 'Play or pause', act: () => (playing.value ? pause() : play()) },
  { with: 'Alt', code: 'KeyB', name: 'B', text: 'To the next breakpoint', act: paused(() => goToBreak(1)) },
  { with: 'Alt', code: 'Slash', name: '/', text: 'Show the shortcuts', act: openHelp },
];

/** Returns a handler of keys for the shortcuts. */
export const onShortcut =
  (shortcuts: readonly Shortcut[]) =>
  (event: KeyboardEvent): void => {
    const pressed = shortcuts.find(
      (one) =>
        one.code === event.code &&
        event.altKey === (one.with === 'Alt') &&
        (event.ctrlKey || event.metaKey) === (one.with === 'Ctrl') &&
        !event.shiftKey,
    );
    if (pressed === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pressed.act();
  };
