import { effect, signal } from '@preact/signals';
import type { Editor } from '../editor/editor.js';
import { Language, type Problem } from '../editor/language.js';
import type { ClockPlan, InputChoice, InputPlan, Shapes } from '../run/messages.js';
import { fromHash, type Shared, toHash } from './link.js';
import * as last from './run.js';
import { restore, viewNow } from './view.js';

/** The wall clock unless chosen otherwise: it follows the records, and advances a minute after the last. */
const usualClock: ClockPlan = { follows: true, after: 60 };

/** The code in the editor. */
export const code = signal('');
/** Inputs chosen by the reader; other topics get a default. */
export const choices = signal<InputPlan>({});
/** Shapes of the values of each topic, inferred from its type. */
export const shapes = signal<Shapes>({});
/** The wall clock of generated input. */
export const clock = signal<ClockPlan>(usualClock);
/** The line of the cursor, from 1. */
export const cursor = signal(0);
export const editor = signal<Editor | undefined>(undefined);
/** The errors and warnings of the compiler. */
export const problems = signal<readonly Problem[]>([]);
export const language = new Language();

let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs the snippet with the inputs chosen and the shapes inferred so far. */
const runNow = (): void => {
  clearTimeout(timer);
  timer = undefined;
  last.run(code.value, choices.value, shapes.value, clock.value);
};

/** Runs the snippet after a pause in typing of 350 ms. */
export const runSoon = (): void => {
  clearTimeout(timer);
  last.state.value = 'running';
  timer = setTimeout(() => {
    runNow();
    void inferShapes();
    void keepLink();
  }, 350);
};

/** The longest link, in characters; browsers refuse much longer ones. */
const longestLink = 500_000;

/** Puts the snippet, its input and the view into the address. Returns false where the input is too large for a link. */
export const keepLink = async (): Promise<boolean> => {
  const chosen = clock.value === usualClock ? {} : { clock: clock.value };
  const hash = await toHash({ code: code.value, input: choices.value, ...chosen, view: viewNow() });
  const fits = hash.length <= longestLink;
  history.replaceState(null, '', fits ? hash : location.pathname + location.search);
  return fits;
};

/** Sets the wall clock. */
export const setClock = (next: Partial<ClockPlan>): void => {
  clock.value = { ...clock.value, ...next };
  runSoon();
};

/** Changes the input of a topic. */
export const choose = (topic: string, choice: InputChoice): void => {
  choices.value = { ...choices.value, [topic]: choice };
  runSoon();
};

/** Replaces the snippet and runs it. */
export const open = (next: string, { clock: chosen = usualClock, input, view = {} }: Omit<Shared, 'code'>): void => {
  choices.value = input;
  clock.value = chosen;
  restore(view);
  if (editor.value !== undefined) editor.value.replace(next);
  else code.value = next;
  runSoon();
};

/** Opens the snippet of the link, or `otherwise` if the link has none. */
export const begin = async (otherwise: string): Promise<void> => {
  const shared = await fromHash(location.hash);
  code.value = shared?.code ?? otherwise;
  choices.value = shared?.input ?? {};
  clock.value = shared?.clock ?? usualClock;
  restore(shared?.view ?? {});
  runNow();
  window.addEventListener('hashchange', () => {
    void fromHash(location.hash).then(
      (next) => next !== undefined && next.code !== code.value && open(next.code, next),
    );
  });
};

/** Formats the code. */
export const format = async (): Promise<void> => {
  const formatted = code.value;
  const edits = await language.format(formatted);
  if (formatted === code.value) editor.value?.edit(edits);
};

/** Infers the shapes of topics from their types. */
export const inferShapes = async (): Promise<void> => {
  const inferredFrom = code.value;
  // Without the compiler no shape is inferred; the topics keep their default inputs.
  const inferred = await language.shapes(inferredFrom).catch(() => ({}));
  if (inferredFrom === code.value) shapes.value = inferred;
};

/** True when the last run generated values of other shapes than those known now. */
const isOutdated = (): boolean =>
  !last.driven.value &&
  Object.entries(last.input.value).some(([topic, choice]) => {
    const known = shapes.value[topic];
    if (choice.kind !== 'generator' || known === undefined || known.kind === 'unknown') return false;
    return JSON.stringify(known) !== JSON.stringify(choice.generator.shape);
  });

/** Runs again when the shapes become known, before or after the end of the run. */
effect(() => {
  if (last.state.value === 'done' && isOutdated()) queueMicrotask(runNow);
});

effect(() => {
  const { value: open } = editor;
  const line = last.trouble.value?.line;
  if (line !== undefined) open?.mark([line], false);
});
