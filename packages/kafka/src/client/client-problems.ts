import { TransportError } from '@kstreams/core/graph';

/** A problem of a connection, and how to mend it. */
interface ConnectionProblem {
  /** The log line without its thread, its address and the time that it took. */
  readonly words: string;
  readonly mend: string;
  /** True when a retry with the same settings cannot succeed. */
  readonly final: boolean;
}

/** The problems of connections by the words of their log line, with their remedies; the first match counts. */
const problems: readonly { readonly line: RegExp; readonly mend: string; readonly final: boolean }[] = [
  {
    line: /SASL \S+ mechanism handshake failed/,
    mend: "set `security.protocol` and `sasl.mechanism` in `client` to those of the broker's listener",
    final: true,
  },
  {
    line: /SASL authentication error/,
    mend: 'set `sasl.username` and `sasl.password` in `client` to those of a user of the cluster',
    final: true,
  },
  {
    line: /certificate/i,
    mend: 'set `ssl.ca.location` in `client` to the certificate authority of the brokers',
    final: true,
  },
  {
    line: /SSL/,
    mend: "set `security.protocol` in `client` to that of the broker's listener",
    final: false,
  },
  {
    line: /connection closed by peer|receive 0 after POLLIN|security\.protocol/,
    mend: "set `security.protocol` in `client` to that of the broker's listener, which may want TLS or SASL",
    final: false,
  },
  { line: /Failed to resolve/, mend: 'check the host names of `brokers`', final: false },
  { line: /Connect to \S+ failed/, mend: 'check the addresses and that a broker runs', final: false },
];

/** The last problems of a client, from its log lines. Its errors are time-outs and codes without a reason. */
export class ClientProblems {
  #connection: ConnectionProblem | undefined;
  #fatal: string | undefined;
  #refusals = 0;
  #refuse: () => void = () => {};
  /** Resolves when brokers have refused the settings twice: a retry with them cannot succeed. */
  readonly refused = new Promise<void>((resolve) => {
    this.#refuse = resolve;
  });

  /** Notes a log line or an error of the client. */
  readonly note = (line: string): void => {
    const fatal = /Fatal error: (.*)/s.exec(line)?.[1];
    if (fatal !== undefined) this.#fatal ??= fatal;
    const found = problems.find((one) => one.line.test(line));
    if (found === undefined) return;
    this.#connection = { words: wordsOf(line), mend: found.mend, final: found.final };
    if (found.final && ++this.#refusals > 1) this.#refuse();
  };

  /** The reason of the fatal error, if the client had one. */
  get fatal(): string | undefined {
    return this.#fatal;
  }

  /** Returns the error of a client that cannot connect to `brokers`. */
  connectError(brokers: string, failure: unknown): TransportError {
    const { words, mend, final } = this.#connection ?? {
      words: 'no response',
      mend: 'check the addresses and that a broker runs',
      final: false,
    };
    return new TransportError(
      `cannot connect to the Kafka brokers at ${brokers}: ${words}: ${mend}`,
      {},
      failure,
      !final,
    );
  }
}

const wordsOf = (line: string): string =>
  line
    .replace(/^(\[thrd:[^\]]*\]: )?(\S+\/(bootstrap|\d+): )?/, '')
    .replace(/ \(after \d+ms in state .*\)$/, '')
    .replace(/^Disconnected: /, '')
    .trim();
