import type { Round } from './measured-rounds.js';
import type { PeerProcess } from './peer-process.js';

/** The number of records of a run. */
export interface PeerRounds {
  /** Processed before the first round, for the compilers of both sides. */
  readonly warmUp: number;
  /** Processed in each round. */
  readonly records: number;
  readonly rounds: number;
}

/** Records per second: of wall-clock time, and of CPU time. */
export interface PeerRates {
  readonly wall: number;
  readonly cpu: number;
}

/** The ratio of our rate to the peer's: the median of the rounds, and the range. */
export interface PeerRatio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One topology on both sides. */
export interface PeerComparison {
  readonly name: string;
  readonly kstreams: PeerRates;
  readonly kafkaStreams: PeerRates;
  readonly ratio: { readonly wall: PeerRatio; readonly cpu: PeerRatio };
}

/** The measured costs of a round. */
const costs = ['wall', 'cpu'] as const;

/** Runs both sides in turns. Throws if they send different numbers of records. */
export const comparePeers = async (
  name: string,
  [ours, theirs]: readonly [PeerProcess, PeerProcess],
  { records, rounds, warmUp }: PeerRounds,
): Promise<PeerComparison> => {
  const [ourRounds, theirRounds]: [Round[], Round[]] = [[], []];
  await ours.round(warmUp);
  await theirs.round(warmUp);
  for (let round = 0; round < rounds; round++) {
    // The first side alternates, so that no side always follows a pause.
    if (round % 2 === 0) ourRounds.push(await ours.round(records));
    theirRounds.push(await theirs.round(records));
    if (round % 2 !== 0) ourRounds.push(await ours.round(records));
  }
  checkSent(name, ourRounds, theirRounds);
  const [wall, cpu] = costs.map((cost) =>
    ratioOf(ourRounds.map((round, i) => rateOf(round, cost) / rateOf(theirRounds[i] as Round, cost))),
  ) as [PeerRatio, PeerRatio];
  return { name, kstreams: ratesOf(ourRounds), kafkaStreams: ratesOf(theirRounds), ratio: { wall, cpu } };
};

/** The sides draw equal keys, but Kafka Streams may leave some records of a round to the next. */
const checkSent = (name: string, ours: readonly Round[], theirs: readonly Round[]): void => {
  const [sent, expected] = [ours, theirs].map((rounds) => rounds.reduce((sum, one) => sum + one.sent, 0)) as [
    number,
    number,
  ];
  if (Math.abs(sent - expected) <= expected / 20) return;
  throw new Error(`the sides of ${name} send ${sent} and ${expected} records`);
};

const rateOf = (round: Round, cost: (typeof costs)[number]): number => round.records / round[cost];

const ratesOf = (rounds: readonly Round[]): PeerRates => ({
  wall: medianOf(rounds.map((round) => rateOf(round, 'wall'))),
  cpu: medianOf(rounds.map((round) => rateOf(round, 'cpu'))),
});

const ratioOf = (ratios: readonly number[]): PeerRatio => ({
  median: medianOf(ratios),
  lowest: Math.min(...ratios),
  highest: Math.max(...ratios),
});

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
