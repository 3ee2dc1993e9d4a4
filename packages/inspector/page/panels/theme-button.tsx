import { effect, signal } from '@preact/signals';

const key = 'kstreams-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const stored = localStorage.getItem(key);

/** The theme of the page: the chosen one, or else that of the system. */
const theme = signal<'light' | 'dark'>(
  stored === 'light' || stored === 'dark' ? stored : prefersDark.matches ? 'dark' : 'light',
);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

/** Switches between light and dark. */
export const ThemeButton = () => {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      class="theme"
      aria-label={`Use ${other} colours`}
      onClick={() => {
        localStorage.setItem(key, other);
        theme.value = other;
      }}
    >
      {other === 'dark' ? '☾' : '☀'}
    </button>
  );
};
