/** Runs code blocks of a page in place. The engine is loaded when the first block is run. */

/** The module of the playground that runs a block. */
interface Engine {
  runBlock(hash: string, place: Element): Promise<void>;
}

/** The engine is built with the playground, beside the pages. */
const engineAt = '/playground/run-block.js';

const run = async (button: HTMLButtonElement): Promise<void> => {
  const bar = button.closest('.block-actions');
  const link = bar?.querySelector('a');
  const place = bar?.nextElementSibling;
  if (!link || !(place instanceof HTMLElement)) return;
  place.hidden = false;
  if (place.childElementCount === 0) place.textContent = 'Loading …';
  try {
    const { runBlock }: Engine = await import(/* @vite-ignore */ new URL(engineAt, location.origin).href);
    if (place.childElementCount === 0) place.textContent = '';
    await runBlock(link.hash, place);
  } catch {
    place.textContent = 'The engine could not be loaded. Reload the page, and run the block again.';
  }
};

/** Makes the buttons below code blocks run their block. */
export const listenToRunButtons = (): void => {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>('.block-actions button') : null;
    if (button !== null) void run(button);
  });
};
