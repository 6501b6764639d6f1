// A device as a user of Azure's SDK writes it. Its parent gives one order at a time over the IPC channel and gets one answer;
// what the cloud sends of its own accord comes as a message without an order's number.
const { NoRetry } = require('azure-iot-common');
const { Client, Message } = require('azure-iot-device');
const { Mqtt: HubTransport } = require('azure-iot-device-mqtt');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt: ProvisioningTransport } = require('azure-iot-provisioning-device-mqtt');
const { X509Security } = require('azure-iot-security-x509');

let client;
let twin;

/** What a DPS and a hub can be asked for by the SDK. */
const orders = {
  /** Whom the DPS's certificate is signed by is in NODE_EXTRA_CA_CERTS: this part of the SDK has no option for it. */
  async register({ host, idScope, registrationId, cert, key, payload }) {
    const security = new X509Security(registrationId, { cert, key });
    const registration = ProvisioningDeviceClient.create(host, idScope, new ProvisioningTransport(), security);
    if (payload !== undefined) registration.setProvisioningPayload(payload);
    return registration.register();
  },

  async connect({ hub, deviceId, cert, key, ca }) {
    client = Client.fromConnectionString(`HostName=${hub};DeviceId=${deviceId};x509=true`, HubTransport);
    // Its own policy would fetch a dropped connection back, and drop the one that took its place.
    client.setRetryPolicy(new NoRetry());
    client.on('disconnect', ({ transportObj }) => tell('disconnected', { reason: transportObj?.message }));
    await client.setOptions({ cert, key, ca });
    await client.open();
  },

  async send({ body, messageId, properties = {} }) {
    const message = new Message(body);
    message.messageId = messageId;
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
    await client.sendEvent(message);
  },

  /** From here on each C2D message is completed and told. */
  async receive() {
    client.on('message', async (message) => {
      const properties = Object.fromEntries(message.properties.propertyList.map(({ key, value }) => [key, value]));
      await client.complete(message);
      tell('received', { body: message.getData().toString(), messageId: message.messageId, properties });
    });
  },

  /** From here on a direct method of this name is told and answered. */
  async answerMethod({ name, status, payload }) {
    client.onDeviceMethod(name, (request, response) => {
      tell('invoked', { name: request.methodName, payload: request.payload });
      response.send(status, payload);
    });
  },

  async getTwin() {
    twin = await client.getTwin();
    return JSON.parse(JSON.stringify(twin.properties));
  },

  /** From here on the desired properties are told: first what they are, then each patch. */
  async watchDesired() {
    twin.on('properties.desired', (patch) => tell('desired', { patch: { ...patch } }));
  },

  report({ patch }) {
    return new Promise((resolve, reject) => {
      twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
    });
  },

  async disconnect() {
    await client.close();
  },

  async reconnect() {
    await client.open();
  },
};

function tell(event, details) {
  process.send({ event, ...details });
}

process.on('message', async ({ number, order, ...details }) => {
  try {
    process.send({ number, result: await orders[order](details) });
  } catch (error) {
    // `result` is the body of the DPS's answer, `code` MQTT.js's CONNACK code.
    const { name, message, code, result } = error;
    process.send({ number, failure: { name, message, code, result } });
  }
});
process.on('disconnect', () => process.exit());
