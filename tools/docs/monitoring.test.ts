/** The alerts and the dashboard name only metrics and labels that exist, and each alert has a row with what to do. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { labelName, metricName } from '../../packages/prometheus/src/metric-names.js';
import { instrumentsByPackage } from './metrics-table.js';

const folder = fileURLToPath(new URL('../../docs/operations/', import.meta.url));
const alerts = readFileSync(join(folder, 'alerts.yml'), 'utf8');
const rules = alerts.split('- alert: ').slice(1);
const nameOf = (rule: string): string => rule.slice(0, rule.indexOf('\n'));
const expressionOf = (rule: string): string => /^ +expr: (.+)$/m.exec(rule)?.[1] ?? '';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as { panels: readonly Panel[] };

const instruments = Object.values(instrumentsByPackage).flat();
/** The labels of each series, by its name in Prometheus. */
const labels = new Map<string, readonly string[]>(
  instruments.flatMap((instrument) => {
    const own = ['kstreams.application', ...instrument.attributes].map(labelName);
    const name = metricName(instrument);
    if (instrument.kind !== 'histogram') return [[name, own]];
    return ['bucket', 'sum', 'count'].map((part): [string, string[]] => [`${name}_${part}`, [...own, 'le']]);
  }),
);

const words = (text: string): readonly string[] => text.match(/\b(?:kstreams|messaging)_[a-z_]+\b/g) ?? [];

/** Returns the metrics of an expression or text, and the labels that none of them has. */
const namesOf = (text: string) => {
  const all = words(text);
  const metrics = all.filter((word) => labels.has(word));
  const known = new Set(metrics.flatMap((metric) => labels.get(metric) ?? []));
  return { metrics, unknown: all.filter((word) => !labels.has(word) && !known.has(word)) };
};

test.each(rules.map((rule) => [nameOf(rule), expressionOf(rule), rule]))(
  'the alert %s names existing metrics and labels',
  (_, expression, rule) => {
    expect(namesOf(expression)).toEqual({ metrics: expect.arrayContaining([expect.anything()]), unknown: [] });
    expect(namesOf(rule).unknown).toEqual([]);
  },
);

test.each(panels.map(({ title, targets }) => [title, targets] as const))(
  'the panel "%s" names existing metrics and labels',
  (_, targets) => {
    for (const { expr, legendFormat } of targets) {
      const { metrics, unknown } = namesOf(`${expr} ${legendFormat}`);
      expect(metrics.length).toBeGreaterThan(0);
      expect(unknown).toEqual([]);
    }
  },
);

test('each alert has a row on the page, in the order of the file', () => {
  const page = readFileSync(join(folder, 'monitoring.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(KStreams\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(rules.map(nameOf));
});

test('metrics on the page exist', () => {
  const page = readFileSync(join(folder, 'monitoring.md'), 'utf8');
  const bases = new Set(instruments.flatMap((one) => [metricName(one), ...one.attributes.map(labelName)]));
  expect(words(page).filter((word) => !bases.has(word))).toEqual([]);
});

describeWith('prometheus', 'promtool', (binary) => {
  const promtool = (...args: readonly string[]): string =>
    execFileSync(join(dirname(binary), 'promtool'), args, { encoding: 'utf8', stdio: 'pipe' });

  test('accepts the alerts', () => {
    expect(promtool('check', 'rules', join(folder, 'alerts.yml'))).toContain(`${rules.length} rules found`);
  });

  describe('on given series', () => {
    const fires = async (alert: string, at: string, series: Readonly<Record<string, string>>): Promise<void> => {
      const temporary = await mkdtemp(join(tmpdir(), 'kstreams-alerts-'));
      const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
      const expected = { alertname: alert, eval_time: at, exp_alerts: [] };
      const tests = [{ interval: '1m', input_series: input, alert_rule_test: [expected] }];
      const file = join(temporary, 'test.yml');
      await writeFile(file, JSON.stringify({ rule_files: [join(folder, 'alerts.yml')], tests }));
      try {
        // A test that expects no alert fails when there is one.
        expect(() => promtool('test', 'rules', file)).toThrow(alert);
      } finally {
        await rm(temporary, { recursive: true });
      }
    };

    test('a first error fires, for which `increase` has no earlier value', async () => {
      const series = 'kstreams_errors_total{kstreams_node="map-0",kstreams_error_decision="skip"}';
      await fires('KStreamsErrors', '20m', { [series]: `${'_ '.repeat(18)}1 1 1` });
    });

    test('a growing lag fires', async () => {
      await fires('KStreamsLagGrows', '40m', {
        'kstreams_topic_lag{kstreams_application="shop",messaging_destination_name="orders"}': '0+1000x60',
      });
    });

    test('a partition that stands still beside others fires', async () => {
      const of = (partition: number) => `{messaging_destination_partition_id="${partition}"}`;
      await fires('KStreamsPartitionStuck', '40m', {
        [`kstreams_lag${of(0)}`]: '0+1000x60',
        [`kstreams_records_buffered${of(0)}`]: '2000x60',
        [`kstreams_lag${of(1)}`]: '5 0 7 0'.repeat(15),
        [`kstreams_records_buffered${of(1)}`]: '5 0 7 0'.repeat(15),
      });
    });
  });
});
