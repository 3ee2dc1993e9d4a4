import { signal } from '@preact/signals';
import { Icon } from './icons.js';

/** Key of VitePress in `localStorage`, shared so that both follow one choice. */
const key = 'vitepress-theme-appearance';

const dark = signal(
  (() => {
    const kept = localStorage.getItem(key);
    return kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  })(),
);

const apply = (): void => {
  document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
};
apply();

/** Switches between light and dark. */
export const ThemeButton = () => (
  <button
    type="button"
    class="theme"
    aria-label={dark.value ? 'Light' : 'Dark'}
    onClick={() => {
      dark.value = !dark.value;
      localStorage.setItem(key, dark.value ? 'dark' : 'light');
      apply();
    }}
  >
    <Icon name={dark.value ? 'sun' : 'moon'} />
  </button>
);
