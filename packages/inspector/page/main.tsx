import { render } from 'preact';
import { App } from './app.js';
import { takeToken } from './model/connection.js';
import { begin } from './model/session.js';

takeToken();
render(<App />, document.getElementById('app') as HTMLElement);
void begin();
