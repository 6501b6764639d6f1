import type { ErrorDocument } from '../base/index.ts';
import type { CloudOptions } from './options.ts';

/** What parent and child agree on. */
export const LOOPBACK = '127.0.0.1';

/** Parent to child, once. */
export interface StartMessage {
  readonly start: CloudOptions;
}

/** Where a cloud is reached. */
export interface CloudPorts {
  readonly dpsPort: number;
  readonly hubPort: number;
  readonly api?: { readonly port: number; readonly token: string };
}

/** Child to parent, once, in answer. */
export type StartedMessage = CloudPorts | { readonly failed: ErrorDocument };
