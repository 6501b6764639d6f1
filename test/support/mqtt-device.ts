import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Identity } from './certificates.ts';

export interface MqttDeviceOptions extends Pick<IClientOptions, 'clean' | 'will'> {
  /** The name in TLS; the address is this machine's. */
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly username: string;
  readonly identity: Identity;
  /** PEM of the root of the server's certificate. */
  readonly ca: string;
}

/** A device that is an ordinary MQTT client: MQTT.js, which does nothing of its own accord but answer pings. */
export class MqttDevice {
  readonly client: MqttClient;
  readonly #arrived: IPublishPacket[] = [];
  #waiting: () => void = () => {};

  private constructor({ host, identity, ...rest }: MqttDeviceOptions) {
    this.client = connect({
      ...{ protocol: 'mqtts', host: '127.0.0.1', servername: host, cert: identity.certificate, key: identity.key },
      ...{ reconnectPeriod: 0, ...rest },
    });
    this.client.on('message', (_topic, _payload, packet) => {
      this.#arrived.push(packet);
      this.#waiting();
    });
  }

  /** Connects, or throws what the server said. */
  static async connect(options: MqttDeviceOptions): Promise<MqttDevice> {
    const device = new MqttDevice(options);
    await new Promise<unknown>((resolve, reject) => device.client.once('connect', resolve).once('error', reject));
    device.client.on('error', () => {});
    return device;
  }

  /** The next message whose topic begins so, which may have come already. */
  async next(prefix: string): Promise<{ readonly topic: string; readonly body: string; readonly qos: number }> {
    for (;;) {
      const index = this.#arrived.findIndex(({ topic }) => topic.startsWith(prefix));
      const [packet] = index < 0 ? [] : this.#arrived.splice(index, 1);
      if (packet !== undefined) return { topic: packet.topic, body: String(packet.payload), qos: packet.qos };
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** The connection ends. */
  closed(): Promise<void> {
    return new Promise((resolve) => this.client.once('close', resolve));
  }

  /** The answer to a request, on a topic that begins so. */
  async ask(topic: string, body: string, prefix: string): Promise<{ readonly topic: string; readonly body: string }> {
    await this.client.publishAsync(topic, body);
    return this.next(prefix);
  }
}
