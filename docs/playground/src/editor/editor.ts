/** The editor, with types, completion and errors. It is the largest part of the page and loads separately. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { completeWith } from './completion.js';
import { diagnosticsWith } from './diagnostics.js';
import { hoverWith } from './hover.js';
import type { Edit, Language, Problem } from './language.js';
import { markedLines, markLines } from './marked-lines.js';
import { editorTheme, highlighting } from './theme.js';

/** Events of the editor. */
export interface EditorEvents {
  readonly changed: (code: string) => void;
  /** The cursor moved to a line, from 1. */
  readonly moved: (line: number) => void;
  /** The compiler has checked the code. */
  readonly checked: (problems: readonly Problem[]) => void;
}

/** An open editor. */
export interface Editor {
  replace(code: string): void;
  /** Applies edits, as one step of undo. */
  edit(edits: readonly Edit[]): void;
  /** Highlights lines. With `reveal`, scrolls to the first. */
  mark(lines: readonly number[], reveal: boolean): void;
  /** Moves the cursor to a line and column, both from 1, and the focus to the editor. */
  goTo(line: number, column?: number): void;
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
        editorTheme,
        autocompletion({ override: [completeWith(language)], activateOnTypingDelay: 40 }),
        hoverWith(language),
        diagnosticsWith(language, events.checked),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': 'The snippet',
          'aria-description': 'Escape, then Tab, leaves the editor.',
          spellcheck: 'false',
        }),
        EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
          if (docChanged) events.changed(state.doc.toString());
          if (docChanged || selectionSet) events.moved(state.doc.lineAt(state.selection.main.head).number);
        }),
      ],
    }),
  });
  return {
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    edit: (edits) => view.dispatch({ changes: [...edits] }),
    mark: (lines, reveal) => {
      const { doc } = view.state;
      const existing = lines.filter((line) => line >= 1 && line <= doc.lines);
      const [first] = existing;
      const effects = [markLines.of(existing)];
      const show =
        reveal && first !== undefined ? [EditorView.scrollIntoView(doc.line(first).from, { y: 'center' })] : [];
      view.dispatch({ effects: [...effects, ...show] });
    },
    goTo: (line, column = 1) => {
      const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(to, from + column - 1) }, scrollIntoView: true });
      view.focus();
    },
  };
};
