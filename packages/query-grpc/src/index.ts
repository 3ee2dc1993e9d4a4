/**
 * Queries of an application's stores over gRPC.
 *
 * @module @kstreams/query-grpc
 */

export { type GrpcQueryServer, type GrpcQueryServerOptions, grpcQueryServer } from './grpc-query-server.js';
