interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A host and port that are reached elsewhere than the system's resolver says. */
export interface Resolution extends Endpoint {
  readonly to: Endpoint;
}

/** Where a host and port are reached. What no resolution names is left to the system. */
export type Resolve = (named: Endpoint) => Endpoint;

/** Host names are compared without regard to case (RFC 4343, 3). */
export function resolveBy(resolutions: readonly Resolution[] = []): Resolve {
  const elsewhere = new Map(resolutions.map((resolution) => [keyOf(resolution), resolution.to]));
  return (named) => elsewhere.get(keyOf(named)) ?? named;
}

function keyOf({ host, port }: Endpoint): string {
  return `${host.toLowerCase()} ${port}`;
}
