/** Metrics for Prometheus: in a registry of prom-client, or served over HTTP. */
export { type MetricsServerOptions, metricsServer } from './metrics-server.js';
export { type PrometheusOptions, type PrometheusTelemetry, prometheus } from './prometheus.js';
