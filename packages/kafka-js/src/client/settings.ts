import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { ConfigError, type OptionChecks, option } from '@kstreams/core/graph';
import { brokersOf } from '@kstreams/kafka-common';

/** A text, or a function that returns it at each connect. */
export type Credential = string | (() => string | Promise<string>);

/** The credentials of the clients. */
export interface SaslSettings {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  readonly username?: Credential;
  readonly password?: Credential;
  /** The token of OAUTHBEARER; a function is called at each connect and before the session ends. */
  readonly token?: Credential;
}

/** The settings of consumers. Times in ms. */
export interface ConsumerSettings {
  /** `'classic'` unless set; `'consumer'` for KIP-848, by which brokers assign the partitions. */
  readonly groupProtocol?: 'classic' | 'consumer';
  /** The time without heartbeats after which a group expels a member; 45,000 unless set. Brokers set it with KIP-848. */
  readonly sessionTimeout?: number;
  /** The interval of heartbeats; 3,000 unless set. Brokers set it with KIP-848. */
  readonly heartbeatInterval?: number;
  /** The longest time between two polls, and of a rebalance; 300,000 unless set. */
  readonly maxPollInterval?: number;
  /** The interval at which added partitions are looked for; 5,000 unless set. */
  readonly metadataRefresh?: number;
  /** The longest wait of a broker for new records; 100 unless set. */
  readonly fetchWait?: number;
  /** The most bytes of one fetch; 16 MiB unless set. */
  readonly fetchBytes?: number;
  /** The most bytes of one fetch per partition, and of its records in memory before it is fetched again; 1 MiB unless set. */
  readonly partitionBytes?: number;
  /** A name per process for static membership; each worker adds its own suffix. */
  readonly instanceId?: string;
}

/** The settings of producers. Times in ms. */
export interface ProducerSettings {
  /** The longest wait for further records of a batch; 5 unless set. */
  readonly linger?: number;
  /** The bytes of a batch, before compression, at which it is sent; 524,288 unless set. */
  readonly batchBytes?: number;
  /** The largest record, and batch, in bytes; 1,000,000 unless set. Topics and brokers limit it too. */
  readonly maxRecordBytes?: number;
  /** None unless set. zstd needs Node 22.15 or newer. */
  readonly compression?: Compression;
  /** The time for which a record is retried; 300,000 unless set. */
  readonly deliveryTimeout?: number;
}

/** The compression of the batches of a producer. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** The address of a cluster and the settings of its clients. */
export interface ConnectionSettings {
  /** `host:port` of one or more brokers; they name the others. */
  readonly brokers: string | readonly string[];
  /** A prefix of the client ids. */
  readonly clientId?: string;
  /** True for TLS with the system's certificate authorities, or options of `node:tls`, such as `ca`. */
  readonly tls?: boolean | TlsOptions;
  readonly sasl?: SaslSettings;
  /** The longest time to connect, in ms; 5,000 unless set. */
  readonly connectTimeout?: number;
  readonly consumer?: ConsumerSettings;
  readonly producer?: ProducerSettings;
}

const credential = option.either(option.text, option.fn);

const sasl: OptionChecks<SaslSettings> = {
  mechanism: option.required(
    option.oneOf<SaslSettings['mechanism']>('PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'),
  ),
  username: credential,
  password: credential,
  token: credential,
};

const consumer: OptionChecks<ConsumerSettings> = {
  groupProtocol: option.oneOf<'classic' | 'consumer'>('classic', 'consumer'),
  sessionTimeout: option.count,
  heartbeatInterval: option.count,
  maxPollInterval: option.count,
  metadataRefresh: option.count,
  fetchWait: option.count,
  fetchBytes: option.count,
  partitionBytes: option.count,
  instanceId: option.text,
};

const producer: OptionChecks<ProducerSettings> = {
  linger: option.whole(0),
  batchBytes: option.count,
  maxRecordBytes: option.count,
  compression: option.oneOf<Compression>('none', 'gzip', 'snappy', 'lz4', 'zstd'),
  deliveryTimeout: option.count,
};

/** The checks of the settings. */
export const settingChecks: OptionChecks<ConnectionSettings> = {
  brokers: option.required(option.either(option.text, option.listOf(option.text))),
  clientId: option.text,
  tls: option.either(option.flag, option.having('options of node:tls')),
  sasl: option.oneOf<SaslSettings>(sasl),
  connectTimeout: option.count,
  consumer: option.oneOf<ConsumerSettings>(consumer),
  producer: option.oneOf<ProducerSettings>(producer),
};

/**
 * Checks settings that depend on each other.
 *
 * @throws ConfigError without brokers, for missing credentials, and for zstd on a Node without it.
 */
export const checkSettings = ({ brokers, sasl, producer }: ConnectionSettings, hasZstd: boolean): void => {
  if (brokersOf(brokers) === '') throw new ConfigError('Kafka needs at least one broker: set { brokers: "host:port" }');
  if (sasl !== undefined) {
    const needed = sasl.mechanism === 'OAUTHBEARER' ? (['token'] as const) : (['username', 'password'] as const);
    for (const name of needed) {
      if (sasl[name] === undefined) throw new ConfigError(`SASL ${sasl.mechanism} needs \`sasl.${name}\`: set it`);
    }
  }
  if (producer?.compression === 'zstd' && !hasZstd) {
    throw new ConfigError('this version of Node has no zstd: use Node 22.15 or newer, or another compression');
  }
};

/** The settings of consumers with their defaults. */
export const consumerDefaults = {
  groupProtocol: 'classic',
  sessionTimeout: 45_000,
  heartbeatInterval: 3_000,
  maxPollInterval: 300_000,
  metadataRefresh: 5_000,
  fetchWait: 100,
  fetchBytes: 16 * 1024 * 1024,
  partitionBytes: 1024 * 1024,
} as const satisfies ConsumerSettings;

/** The settings of producers with their defaults. */
export const producerDefaults = {
  linger: 5,
  batchBytes: 512 * 1024,
  maxRecordBytes: 1_000_000,
  compression: 'none',
  deliveryTimeout: 300_000,
} as const satisfies ProducerSettings;
