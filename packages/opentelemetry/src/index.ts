/**
 * Metrics and traces for OpenTelemetry, through the meter and the tracer of the program.
 *
 * @module @kstreams/opentelemetry
 */

export { type OpenTelemetryOptions, openTelemetry } from './open-telemetry.js';
