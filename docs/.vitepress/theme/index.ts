import theme from 'vitepress/theme-without-fonts';
import { listenToRunButtons } from './run-blocks.js';
import './style.css';

export default {
  extends: theme,
  enhanceApp: () => {
    if (typeof document !== 'undefined') listenToRunButtons();
  },
};
