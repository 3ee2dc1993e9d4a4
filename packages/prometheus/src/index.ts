/**
 * Metrics for Prometheus: in a registry of prom-client, or served over HTTP.
 *
 * @module @kstreams/prometheus
 */

export { type MetricsServerOptions, metricsServer } from './metrics-server.js';
export { type PrometheusOptions, type PrometheusTelemetry, prometheus } from './prometheus.js';
