export { readCa, readTrust, requireKnownRoot } from './pem-files.ts';
