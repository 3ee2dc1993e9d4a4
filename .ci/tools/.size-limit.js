/** Limits of the packages: their own code, minified and gzipped, in kB; and of a whole word count in a page. */
import { readdirSync, readFileSync } from 'node:fs';

const limits = {
  aggregates: 5,
  avro: 5,
  bigtable: 5,
  cli: 24,
  codecs: 2,
  core: 48,
  embedded: 16,
  drawing: 4,
  gcs: 2,
  inspector: 10,
  joins: 12,
  kafka: 14,
  'kafka-common': 4,
  'kafka-js': 22,
  kstreams: 2,
  level: 7,
  msgpack: 2,
  opentelemetry: 3,
  postgres: 3,
  prometheus: 2,
  protobuf: 3,
  query: 14,
  'query-grpc': 5,
  redis: 4,
  registry: 4,
  runtime: 70,
  s3: 4,
  serde: 5,
  simulation: 16,
  snapshots: 21,
  steps: 3,
  stores: 4,
  testing: 23,
  windowing: 14,
};

const packages = '../../packages';

const folders = readdirSync(packages).filter((folder) => {
  const manifest = JSON.parse(readFileSync(`${packages}/${folder}/package.json`, 'utf8'));
  return manifest.private !== true;
});

const ofPackage = (folder) => {
  if (limits[folder] === undefined)
    throw new Error(`packages/${folder} has no limit: add one to .ci/tools/.size-limit.js`);
  return {
    name: folder,
    path: `${packages}/${folder}/dist/index.js`,
    limit: `${limits[folder]} kB`,
    gzip: true,
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm', packages: 'external' }),
  };
};

export default [
  ...folders.map(ofPackage),
  {
    name: 'a word count in a page, with everything it needs',
    path: `${packages}/kstreams/test/page-word-count.ts`,
    limit: '122 kB',
    gzip: true,
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'browser', format: 'esm', target: 'es2023' }),
  },
];
