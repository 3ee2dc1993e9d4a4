import { effect, signal } from '@preact/signals';
import type { Editor } from '../editor/editor.js';
import { Language } from '../editor/language.js';
import type { Shape } from '../input/shape.js';
import type { InputChoice, InputPlan } from '../run/messages.js';
import { fromHash, toHash } from './link.js';
import * as last from './run.js';

/** The code in the editor. */
export const code = signal('');
/** What the reader chose to fill topics with; other topics get what suits them. */
export const choices = signal<InputPlan>({});
/** What values of each topic look like. */
export const shapes = signal<Readonly<Record<string, Shape>>>({});
/** The line of the cursor, from 1. */
export const cursor = signal(0);
export const editor = signal<Editor | undefined>(undefined);
export const language = new Language();

let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs the snippet as it stands, with what is known of its topics. */
export const runNow = (): void => {
  clearTimeout(timer);
  last.run(code.value, { ...made(), ...choices.value });
};

/** Runs it once typing has paused. */
export const runSoon = (): void => {
  clearTimeout(timer);
  last.state.value = 'running';
  timer = setTimeout(() => {
    runNow();
    void learnShapes();
    void toHash({ code: code.value, input: choices.value }).then((hash) => history.replaceState(null, '', hash));
  }, 350);
};

/** Fills a topic another way. */
export const choose = (topic: string, choice: InputChoice): void => {
  choices.value = { ...choices.value, [topic]: choice };
  runSoon();
};

/** Shows another snippet. */
export const open = (next: string, input: InputPlan = {}): void => {
  choices.value = input;
  if (editor.value !== undefined) editor.value.replace(next);
  else code.value = next;
  runSoon();
};

/** Begins with the snippet of the link, else with the given one. */
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

/** Reads from the types what topics hold, and runs again where made-up records can now be better ones. */
export const learnShapes = async (): Promise<void> => {
  const asked = code.value;
  const learned = await language.shapes(asked).catch(() => ({}));
  if (asked !== code.value || JSON.stringify(learned) === JSON.stringify(shapes.value)) return;
  shapes.value = learned;
  const better = Object.values(last.input.value).some(
    (choice) => choice.kind === 'generator' && (choice.generator.shape as Shape).kind === 'unknown',
  );
  if (better && !last.driven.value) runNow();
};

/** Generators with the shapes of the types, for topics that would get one of unknown values. */
const made = (): InputPlan =>
  Object.fromEntries(
    Object.entries(last.input.value).flatMap(([topic, choice]) => {
      const shape = shapes.value[topic];
      if (choice.kind !== 'generator' || shape === undefined) return [];
      return [[topic, { ...choice, generator: { ...choice.generator, shape } } satisfies InputChoice]];
    }),
  );

effect(() => {
  const { value: there } = editor;
  const line = last.trouble.value?.line;
  if (line !== undefined) there?.mark([line], false);
});
