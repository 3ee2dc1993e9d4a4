import { signal } from '@preact/signals';
import { Icon } from './icons.js';

/** The key under which the documentation keeps the reader's choice. */
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

/** Light or dark, as in the documentation. */
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
