/** The state of the page: the application, the reports of its processes, and their rates. */
import { computed, signal } from '@preact/signals';
import type { ApplicationBody, Gathered, ProcessBody } from '../../src/protocol.js';
import { RequestError, requestJson, setToken } from './connection.js';
import { extended, type History, noHistory } from './history.js';
import { type Rates, ratesOf } from './rates.js';

/** The time between two reports, in ms. */
const interval = 1_000;

/** The application; undefined before the first response. */
export const application = signal<ApplicationBody | undefined>(undefined);
/** The latest reports of the processes. */
export const report = signal<Gathered<ProcessBody> | undefined>(undefined);
/** The rates of the last two minutes. */
export const history = signal<History>(noHistory);
/** The reason why there are no new reports. */
export const problem = signal<RequestError | undefined>(undefined);

/** The latest rates. */
export const rates = computed((): Rates | undefined => history.value.rates.at(-1));
/** The processes that respond. */
export const processes = computed(() => report.value?.processes ?? []);

/** True when the token is missing or wrong. */
export const refused = computed(() => problem.value?.status === 401);

const load = async (): Promise<void> => {
  try {
    application.value ??= await requestJson<ApplicationBody>('api/application');
    const before = report.value;
    const next = await requestJson<Gathered<ProcessBody>>('api/processes');
    report.value = next;
    if (before !== undefined)
      history.value = extended(history.value, Date.now(), ratesOf(before.processes, next.processes));
    problem.value = undefined;
  } catch (thrown) {
    if (!(thrown instanceof RequestError)) throw thrown;
    problem.value = thrown;
  }
};

/** Loads reports for as long as the page is open. A hidden page loads none. */
export const begin = async (): Promise<void> => {
  for (;;) {
    if (!document.hidden && !refused.value) await load();
    await new Promise<void>((resolve) => setTimeout(resolve, interval));
  }
};

/** Tries another token. */
export const enter = (token: string): Promise<void> => {
  setToken(token);
  return load();
};
