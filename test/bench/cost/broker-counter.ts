import { connectAsync } from 'mqtt';
import type { Stage } from './stage.ts';

/** PUBLISH packets that mosquitto has received, as it counts them itself. */
const RECEIVED = '$SYS/broker/publish/messages/received';

/** An ordinary client that reads mosquitto's counter, which is brought up to date every second. */
export interface BrokerCounter {
  /** Resolves at the moment of the next update. */
  next(): Promise<number>;
  close(): void;
}

export async function observeBroker(stage: Stage, port: number): Promise<BrokerCounter> {
  const { certificate, key } = stage.observer;
  const client = await connectAsync(`mqtts://localhost:${port}`, { ca: stage.serverCa, cert: certificate, key });
  await client.subscribeAsync(RECEIVED);
  return {
    next: () => new Promise((resolve) => client.once('message', (_topic, payload) => resolve(Number(String(payload))))),
    close: () => void client.end(true),
  };
}
