import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Replaces the highlighted lines. */
export const markLines = StateEffect.define<readonly number[]>();

const mark = Decoration.line({ class: 'marked-line' });

/** The highlighted lines: those that built the node under the pointer. */
export const markedLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marked, { changes, effects, state }) => {
    const effect = effects.find((one) => one.is(markLines));
    if (effect === undefined) return marked.map(changes);
    const lines = effect.value as readonly number[];
    return Decoration.set(lines.toSorted((a, b) => a - b).map((line) => mark.range(state.doc.line(line).from)));
  },
  provide: (field) => EditorView.decorations.from(field),
});
