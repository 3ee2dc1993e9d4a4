/** Stateless topologies, or topologies with one row per key beside calls. */
import type { Random } from '@kstreams/simulation';
import { streams } from 'kstreams';
import type { Generated } from './generated.js';
import { left, output } from './item.js';
import { expectAll, expectInOrder, idsOf, written } from './laws.js';
import { inRow, nameOf, someSteps } from './steps.js';

/** Steps in sequence. */
export const stateless = (random: Random): Generated => {
  const steps = someSteps(random, 4);
  const { chain, ordered, plain } = inRow(steps);
  return {
    name: nameOf(steps, 'to'),
    build: (pause) => {
      const app = streams('stateless');
      chain(app.stream(left), pause).to(output);
      return app;
    },
    law: (outcome, input, exactly) => {
      const wanted = plain(input.left);
      const texts = wanted.map(({ key, value }) => idsOf(key, value));
      expectAll('the output', texts, written(outcome), exactly);
      if (exactly && ordered) expectInOrder(wanted, outcome);
    },
  };
};
