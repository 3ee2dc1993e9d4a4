/** Runs snippets in a worker, so that the page stays responsive and can stop them. */
import { type DescribedTopology, describeTopology } from '@kstreams/core';
import { display } from './display.js';
import { evaluate, snippetErrorOf } from './evaluate.js';
import { completePlan, feed, sourcesOf } from './feed.js';
import type { InputPlan, Reply, Request, Shapes, Step } from './messages.js';
import { loadModules } from './modules.js';
import { Printer } from './printer.js';
import { Recorder } from './recorder.js';
import { noteLines, Session } from './session.js';
import { syntaxErrorOf, transpile } from './transpile.js';

const post = (reply: Reply): void => self.postMessage(reply);

let running: Session | undefined;

/** Posts steps in batches of growing size; the first step is posted at once. */
const packs = (id: number) => {
  let pack: Step[] = [];
  let size = 1;
  const flush = (): void => {
    if (pack.length > 0) post({ kind: 'steps', id, steps: pack });
    pack = [];
  };
  return {
    add: (step: Step): void => {
      pack.push(step);
      if (pack.length < size) return;
      size = Math.min(size * 4, 200);
      flush();
    },
    flush,
  };
};

const run = async ({ clock, code, id, input: plan, shapes }: Extract<Request, { kind: 'run' }>): Promise<void> => {
  const began = performance.now();
  await running?.close();
  const steps = packs(id);
  const recorder = new Recorder(steps.add);
  const printer = new Printer((lines) => post({ kind: 'log', id, lines }));
  const log = (...values: unknown[]): void =>
    printer.print({ step: recorder.steps, text: values.map((value) => display(value).text).join(' ') });
  const session = new Session(recorder, log);
  running = session;
  const done = noteLines(session.lines);
  try {
    const script = transpiled(code, id);
    if (script === undefined) return;
    const modules = await loadModules(script, session);
    session.onTopology = (topology) => announce(id, session, topology, plan, shapes);
    await evaluate(script, modules, log);
    recorder.finish();
    const { topology } = session;
    if (topology === undefined) return log('This snippet builds no topology.');
    const input = announce(id, session, topology, plan, shapes);
    if (!session.driven) await feed(topology, input, clock, recorder);
  } catch (thrown) {
    recorder.abandon();
    post({ kind: 'trouble', id, trouble: snippetErrorOf(thrown) });
  } finally {
    done();
    steps.flush();
    printer.flush();
    post({ kind: 'done', id, milliseconds: performance.now() - began });
  }
};

const transpiled = (code: string, id: number): string | undefined => {
  try {
    return transpile(code);
  } catch (thrown) {
    post({ kind: 'trouble', id, trouble: syntaxErrorOf(thrown) });
    return undefined;
  }
};

/** Posts the description of the topology to the page. Returns the completed input plan. */
const announce = (
  id: number,
  session: Session,
  chain: NonNullable<Session['topology']>,
  plan: InputPlan,
  shapes: Shapes,
): InputPlan => {
  const topology: DescribedTopology = describeTopology(chain.build()).toJSON();
  session.recorder.describe(topology);
  const sources = sourcesOf(chain).map(({ name, key, value }) => ({ name, key, value }));
  const input = completePlan(sources, plan, shapes);
  const { driven } = session;
  post({ kind: 'topology', id, topology, sources, driven, input, lines: Object.fromEntries(session.lines) });
  return input;
};

self.onmessage = ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'ping') post({ kind: 'pong' });
  else void run(data);
};

// The worker has loaded.
post({ kind: 'pong' });
