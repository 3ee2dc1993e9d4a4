/** Entry of the playground: a snippet, its input, its topology and the path of every record. */
import { render } from 'preact';
import { App } from './app.js';
import { examples } from './examples.js';
import { begin } from './model/snippet.js';
import '@kstreams/ui/colors.css';
import '@kstreams/ui/drawing.css';
import './style.css';
import './dialogs.css';
import './marbles.css';

void begin(examples[0]?.code ?? '');
render(<App />, document.body);
