import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Asks the system once per name and run, so that a fleet measures the broker and not the resolver. IPv4 comes first, as lwIP
 * on the ESP32 has it. Node wants one address alone for a connection that comes from a given one.
 */
export function cachedLookup(): LookupFunction {
  const pending = new Map<string, Promise<{ address: string; family: number }[]>>();
  return (hostname, options, callback) => {
    let answer = pending.get(hostname);
    if (answer === undefined) {
      answer = new Promise((resolve, reject) => {
        systemLookup(hostname, { ...options, all: true }, (error, addresses) =>
          error ? reject(error) : resolve(addresses.sort((a, b) => a.family - b.family)),
        );
      });
      pending.set(hostname, answer);
      answer.catch(() => pending.delete(hostname));
    }
    answer.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all || first === undefined) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}
