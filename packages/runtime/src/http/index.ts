/** The server of extensions over HTTP, for Node only. */
export { addressChecks, cannotListen, type HttpAddress } from './http-address.js';
export { HttpServer, type Served } from './http-server.js';
