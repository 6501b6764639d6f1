/** What of a device's console says how it fares. */
const WORDS = {
  connected: 'MQTT_EVENT_CONNECTED',
  disconnected: 'MQTT_EVENT_DISCONNECTED',
  /** The loop prints it between a sample and its publish. */
  measured: "Stack remaining for task 'main'",
  refused: ['Client has not connected', 'Error to public data to'],
  registered: 'Registration Information received from service',
} as const;

/** Follows a device by what its firmware prints. */
export class DeviceConsole {
  /** Times that the client was connected. */
  connections = 0;
  connected = false;
  /** The DPS has assigned a hub. */
  registered = false;
  /** Samples that were to be published. */
  measured = 0;
  /** Of those, the ones that the client did not take. */
  refused = 0;
  lastLine = '';

  take(line: string): void {
    if (line.trim() !== '') this.lastLine = line.trimEnd();
    if (line.endsWith(WORDS.connected)) {
      this.connected = true;
      this.connections++;
    } else if (line.endsWith(WORDS.disconnected)) this.connected = false;
    else if (line.includes(WORDS.measured)) this.measured++;
    else if (line.includes(WORDS.registered)) this.registered = true;
    else if (WORDS.refused.some((words) => line.includes(words))) this.refused++;
  }

  /** Messages of the loop that the client took. */
  get published(): number {
    return Math.max(0, this.measured - this.refused);
  }
}
