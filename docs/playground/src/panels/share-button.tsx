import { signal } from '@preact/signals';
import { keepLink } from '../model/snippet.js';

const said = signal('Share');

const share = async (): Promise<void> => {
  said.value = !(await keepLink())
    ? 'The input is too large for a link'
    : await navigator.clipboard.writeText(location.href).then(
        () => 'Link copied',
        () => 'Link is in the address bar',
      );
  setTimeout(() => (said.value = 'Share'), 2_000);
};

/** Copies a link to the snippet, its input, the step and the selections to the clipboard. */
export const ShareButton = () => (
  <button type="button" class="share" aria-live="polite" onClick={() => void share()}>
    {said.value}
  </button>
);
