/** The editor: code with types, completion and errors; loaded apart from the page, since it is the largest part of it. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { complainWith } from './complain.js';
import { completeWith } from './complete.js';
import { hoverWith } from './hover.js';
import type { Language } from './language.js';
import { highlighting, look } from './look.js';
import { markedLines, markLines } from './marked-lines.js';

/** What the page learns from its editor. */
export interface EditorEvents {
  readonly changed: (code: string) => void;
  /** The cursor moved to a line, from 1. */
  readonly moved: (line: number) => void;
}

/** What the page does with its editor. */
export interface Editor {
  replace(code: string): void;
  /** Marks the lines that something on the page belongs to, and shows the first. */
  mark(lines: readonly number[], reveal: boolean): void;
  focus(): void;
}

/** Opens an editor in an element. */
export const openEditor = (parent: HTMLElement, code: string, language: Language, events: EditorEvents): Editor => {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: code,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        markedLines,
        javascript({ typescript: true }),
        syntaxHighlighting(highlighting),
        look,
        autocompletion({ override: [completeWith(language)], activateOnTypingDelay: 40 }),
        hoverWith(language),
        complainWith(language),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({ 'aria-label': 'The snippet', spellcheck: 'false' }),
        EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
          if (docChanged) events.changed(state.doc.toString());
          if (docChanged || selectionSet) events.moved(state.doc.lineAt(state.selection.main.head).number);
        }),
      ],
    }),
  });
  return {
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    mark: (lines, reveal) => {
      const { doc } = view.state;
      const there = lines.filter((line) => line >= 1 && line <= doc.lines);
      const [first] = there;
      const effects = [markLines.of(there)];
      const show =
        reveal && first !== undefined ? [EditorView.scrollIntoView(doc.line(first).from, { y: 'center' })] : [];
      view.dispatch({ effects: [...effects, ...show] });
    },
    focus: () => view.focus(),
  };
};
