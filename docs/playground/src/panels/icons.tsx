/** SVG paths of the button icons. */
const paths = {
  first: 'M5 5v14M19 5L9 12l10 7z',
  back: 'M17 5L7 12l10 7z',
  play: 'M7 4l13 8-13 8z',
  pause: 'M7 5v14M17 5v14',
  on: 'M7 5l10 7-10 7z',
  'to-break': 'M3 6l8 6-8 6zM18 8a4 4 0 100 8 4 4 0 000-8z',
  last: 'M19 5v14M5 5l10 7-10 7z',
  sun: 'M12 7a5 5 0 100 10 5 5 0 000-10zM12 1v3M12 20v3M1 12h3M20 12h3M4 4l2 2M18 18l2 2M20 4l-2 2M6 18l-2 2',
  moon: 'M20 14A8.5 8.5 0 0110 4a8.5 8.5 0 1010 10z',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
