/** Queries of an application's stores over gRPC. */
export { type GrpcQueryServer, type GrpcQueryServerOptions, grpcQueryServer } from './grpc-query-server.js';
