import { effect, signal } from '@preact/signals';
import type { Editor } from '../editor/editor.js';
import { Language } from '../editor/language.js';
import type { Shape } from '../input/shape.js';
import type { InputChoice, InputPlan } from '../run/messages.js';
import { fromHash, toHash } from './link.js';
import * as last from './run.js';

/** The code in the editor. */
export const code = signal('');
/** Inputs chosen by the reader; other topics get a default. */
export const choices = signal<InputPlan>({});
/** Shapes of the values of each topic, inferred from its type. */
export const shapes = signal<Readonly<Record<string, Shape>>>({});
/** The line of the cursor, from 1. */
export const cursor = signal(0);
export const editor = signal<Editor | undefined>(undefined);
export const language = new Language();

let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs the snippet with the inputs chosen and inferred so far. */
const runNow = (): void => {
  clearTimeout(timer);
  last.run(code.value, { ...made(), ...choices.value });
};

/** Runs the snippet after a pause in typing of 350 ms. */
export const runSoon = (): void => {
  clearTimeout(timer);
  last.state.value = 'running';
  timer = setTimeout(() => {
    runNow();
    void inferShapes();
    void toHash({ code: code.value, input: choices.value }).then((hash) => history.replaceState(null, '', hash));
  }, 350);
};

/** Changes the input of a topic. */
export const choose = (topic: string, choice: InputChoice): void => {
  choices.value = { ...choices.value, [topic]: choice };
  runSoon();
};

/** Replaces the snippet and runs it. */
export const open = (next: string, input: InputPlan = {}): void => {
  choices.value = input;
  if (editor.value !== undefined) editor.value.replace(next);
  else code.value = next;
  runSoon();
};

/** Opens the snippet of the link, or `otherwise` if the link has none. */
export const begin = async (otherwise: string): Promise<void> => {
  const shared = await fromHash(location.hash);
  code.value = shared?.code ?? otherwise;
  choices.value = shared?.input ?? {};
  runNow();
  window.addEventListener('hashchange', () => {
    void fromHash(location.hash).then(
      (next) => next !== undefined && next.code !== code.value && open(next.code, next.input),
    );
  });
};

/** Infers the shapes of topics from their types. Runs again if a generator had no shape before. */
export const inferShapes = async (): Promise<void> => {
  const inferredFrom = code.value;
  // Without the compiler no shape is inferred; the topics keep their default inputs.
  const inferred = await language.shapes(inferredFrom).catch(() => ({}));
  if (inferredFrom !== code.value || JSON.stringify(inferred) === JSON.stringify(shapes.value)) return;
  shapes.value = inferred;
  const better = Object.values(last.input.value).some(
    (choice) => choice.kind === 'generator' && (choice.generator.shape as Shape).kind === 'unknown',
  );
  if (better && !last.driven.value) runNow();
};

/** Generated inputs with inferred shapes. */
const made = (): InputPlan =>
  Object.fromEntries(
    Object.entries(last.input.value).flatMap(([topic, choice]) => {
      const shape = shapes.value[topic];
      if (choice.kind !== 'generator' || shape === undefined) return [];
      return [[topic, { ...choice, generator: { ...choice.generator, shape } } satisfies InputChoice]];
    }),
  );

effect(() => {
  const { value: open } = editor;
  const line = last.trouble.value?.line;
  if (line !== undefined) open?.mark([line], false);
});
