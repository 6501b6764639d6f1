import { loopSettings } from '../../emulator/esp32/index.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import { tlsPolicy } from '../../emulator/tls/index.ts';
import { azureTable } from './azure-table.ts';
import { byteLines, type CStruct, doesNotFit, hex, initializer, literal, unsigned } from './c-text.ts';
import { certificateTable } from './certificate-tables.ts';
import { scriptArrays, scriptTable } from './script-tables.ts';
import { type Templates, templatesOf } from './templates.ts';

export interface FirmwareHeaderOptions {
  /** From one sample to the next, instead of the profile's. */
  readonly intervalMs?: number;
  /** How a fleet's certificates are rebuilt, where its CA is not one that the program made. */
  readonly definitions?: Templates;
}

/**
 * A C file that defines `PROFILE` of firmware/core/profile.h: everything of a profile that the firmware is built with.
 * @throws EmuError EMU_E_PROFILE_FIRMWARE, EMU_E_PROFILE_CHIP
 */
export function profileSource(profile: Profile, { intervalMs, definitions }: FirmwareHeaderOptions = {}): string {
  const azure = profile.firmware === 'azure-dps' ? azureTable(profile) : '';
  const templates = templatesOf(profile, definitions);
  const { chip, tls } = profile;
  const { suites, groups } = tlsPolicy(tls);
  // ssl_write_client_hello of mbedTLS leaves it out for no setting.
  if (!tls.renegotiationScsv) throw doesNotFit('tls.renegotiationScsv is false, it has true alone', false);
  const members: CStruct = {
    name: literal(profile.name),
    chip: chipTable(chip),
    certificates: certificateTable(profile, templates),
    tls: {
      cipher_suites: 'CIPHER_SUITES',
      cipher_suite_count: `${suites.length}`,
      curves: 'CURVES',
      curve_count: `${groups.length}`,
      max_record_bytes: unsigned(16, 'tls.maxRecordBytes', tls.maxRecordBytes),
      server_name: String(tls.serverName),
      extended_master_secret: String(tls.extendedMasterSecret),
      renegotiation_scsv: String(tls.renegotiationScsv),
      check_dates: String(tls.checkDates),
    },
    mqtt: mqttTable(profile),
    script: scriptTable(profile),
    telemetry: telemetryTable(profile, intervalMs),
    sensor: {
      bus_clock_hz: unsigned(32, 'sensor.busClockHz', profile.sensor.busClockHz),
      address: hex(profile.sensor.address, 2),
    },
    azure: azure === '' ? 'NULL' : '&AZURE',
  };
  return [
    '/* Made by `emu firmware headers` of a profile. Do not edit: change the profile and make it again. */\n',
    '#include "profile.h"\n',
    chip.spareKeySlots.length === 0 ? '' : `\n${numbers('uint8_t', 'SPARE_KEY_SLOTS', chip.spareKeySlots.map(String))}`,
    `\n${numbers('uint16_t', 'CIPHER_SUITES', suites.map(iana))}`,
    numbers('uint16_t', 'CURVES', groups.map(iana)),
    `\nstatic const uint8_t SIGNER_TEMPLATE[] = {\n${byteLines(templates.signer.template, '  ')}};\n`,
    `\nstatic const uint8_t DEVICE_TEMPLATE[] = {\n${byteLines(templates.device.template, '  ')}};\n`,
    scriptArrays(profile),
    azure,
    `\nconst struct profile PROFILE = ${initializer(members)};\n`,
  ].join('');
}

function iana(number: number): string {
  return hex(number, 4);
}

function numbers(type: string, name: string, values: readonly string[]): string {
  return `static const ${type} ${name}[] = {${values.join(', ')}};\n`;
}

function chipTable(chip: Profile['chip']): CStruct {
  return {
    bus_clock_hz: unsigned(32, 'chip.busClockHz', chip.busClockHz),
    // I2C_Address in 8 bits is where the configuration begins.
    address: hex((chip.configuration[0] ?? 0) >> 1, 2),
    configuration: `{\n${byteLines(chip.configuration, '      ')}    }`,
    device_key_slot: `${chip.deviceKeySlot}`,
    spare_key_slots: chip.spareKeySlots.length === 0 ? 'NULL' : 'SPARE_KEY_SLOTS',
    spare_key_count: `${chip.spareKeySlots.length}`,
    io_protection_slot: `${chip.ioProtectionSlot}`,
    io_protection_key: `{\n${byteLines(chip.ioProtectionKey, '      ')}    }`,
  };
}

function mqttTable(profile: Profile): CStruct {
  const { mqtt } = profile;
  return {
    client_id_prefix: 'clientIdPrefix' in mqtt ? literal(mqtt.clientIdPrefix) : 'NULL',
    api_version: 'apiVersion' in mqtt ? literal(mqtt.apiVersion) : 'NULL',
    keep_alive_seconds: unsigned(16, 'mqtt.keepAliveSeconds', mqtt.keepAliveSeconds),
    clean_session: String(mqtt.cleanSession),
    buffer_bytes: unsigned(16, 'mqtt.bufferBytes', mqtt.bufferBytes),
    network_timeout_ms: unsigned(32, 'mqtt.networkTimeoutMs', mqtt.networkTimeoutMs),
    read_poll_ms: unsigned(32, 'mqtt.readPollMs', mqtt.readPollMs),
    outbox_max_bytes: unsigned(32, 'mqtt.outbox.maxBytes', mqtt.outbox.maxBytes),
    outbox_expiry_ms: unsigned(32, 'mqtt.outbox.expiryMs', mqtt.outbox.expiryMs),
    reconnect_wait_ms: unsigned(32, 'mqtt.reconnect.waitMs', mqtt.reconnect.waitMs),
    reconnect_step_ms: unsigned(32, 'mqtt.reconnect.stepMs', mqtt.reconnect.stepMs),
  };
}

function telemetryTable(profile: Profile, askedMs: number | undefined): CStruct {
  const { telemetry, intervalMs } = loopSettings(profile, askedMs);
  const settleMs = Math.min(telemetry.settleMs, intervalMs);
  return {
    topic: literal(telemetry.topic),
    qos: `${telemetry.qos}`,
    payload: literal(telemetry.payload),
    settle_ms: unsigned(32, 'telemetry.settleMs', settleMs),
    period_ms: unsigned(32, 'telemetry.periodMs', intervalMs - settleMs),
  };
}
