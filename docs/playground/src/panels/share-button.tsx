import { signal } from '@preact/signals';
import { toHash } from '../model/link.js';
import { choices, code } from '../model/snippet.js';

const said = signal('Share');

const share = async (): Promise<void> => {
  history.replaceState(null, '', await toHash({ code: code.value, input: choices.value }));
  said.value = await navigator.clipboard.writeText(location.href).then(
    () => 'Link copied',
    () => 'Link is in the address bar',
  );
  setTimeout(() => (said.value = 'Share'), 2_000);
};

/** Copies a link to the snippet and its input to the clipboard. */
export const ShareButton = () => (
  <button type="button" class="share" onClick={() => void share()}>
    {said.value}
  </button>
);
