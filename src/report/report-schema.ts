import { z } from 'zod';
import { SUMMARY_SCHEMA } from '../metrics/index.ts';
import type { RunReport } from './run-report.ts';

const count = z.int().min(0);
const seconds = z.number().min(0);
const share = z.number().min(0).max(1);
const cores = z.number().min(0).describe('cores');
const ms = z.number().nullable().describe('ms; null when nothing was measured');

const latency = z.strictObject({
  ...{ count, p50: ms, p95: ms, p99: ms, max: ms },
  while_late: count.exactOptional().describe('of count, measured while the load generator was late'),
});

const cause = z.strictObject({
  cause: z.string().describe('in words'),
  code: z.templateLiteral([z.enum(['chip', 'tcp', 'tls', 'mqtt', 'dps', 'generator']), '.', z.string()]),
  side: z.enum(['broker', 'network', 'device', 'generator']),
  count,
  while_late: count.exactOptional().describe('of count, while the load generator was late'),
  example: z.string(),
});

const notSent = z.strictObject({
  total: count.describe('due less sent'),
  before_first_connack: count.describe("the firmware's rhythm, no loss"),
  no_connection: count,
  too_large: count,
  write_timeout: count,
  generator_late: count,
  device_busy: count,
  broker_stalled: count,
  run_ended: count,
});

const account = { due: count.describe('sent and not_sent.total together'), sent: count, not_sent: notSent };

const devices = z.strictObject({
  ...{ planned: count, arrived: count },
  connected: count.describe('had CONNACK 0 at least once'),
  failed: count.describe('arrived and never had it'),
  ...{ not_started: count, connected_at_end: count },
  boot_failed: count.describe('of failed'),
});

const outages = z.strictObject({
  ...{ connections_lost: count, devices: count, still_away: count },
  periods: z.array(z.strictObject({ from_s: seconds, to_s: seconds, connections_lost: count })).readonly(),
  away_ms: latency,
  failed_reconnects: z.array(cause).readonly(),
});

const generator = z.strictObject({
  verdict: z.enum(['fine', 'saturated']),
  saturated_seconds: count,
  periods: z.array(z.strictObject({ from_s: seconds, to_s: seconds })).readonly(),
  ...{ loop_delay_ms: latency, arrivals_late_ms: latency, messages_late_ms: latency },
  loop_busy_max: z.number().min(0).max(1).describe('share of a second'),
  cpu_max: z.number().min(0).describe('cores'),
  gaps: z.array(z.strictObject({ at_s: z.number(), ms: z.number() })).readonly(),
  ...{ late_seconds: seconds, late_ms_max: z.number().min(0) },
});

const byStatus = z.record(z.string(), count);

const provisioning = z.strictObject({
  began: count.describe('registrations of devices whose chips had no record of a hub'),
  registered: count.describe('the record of the hub is in the chip, and reads back'),
  skipped: count.describe('the chip had a record: straight to the hub'),
  assigned: z.record(z.string(), count).describe('by the hub that the DPS named'),
  step_ms: z.strictObject({ connect: latency, register: latency, assign: latency, hub: latency, record: latency }),
  answers: byStatus.describe('of the DPS, by status'),
  retries: byStatus.describe('by the status that made devices ask again'),
});

const delivery = { sent: count, delivered: count, lost: count };

const probe = z.strictObject({
  ...{ late_after_ms: z.number(), disconnections: count },
  filters: z
    .array(
      z.strictObject({
        filter: z.string(),
        ...delivery,
        telemetry: z.strictObject(delivery),
        script: z.strictObject(delivery),
        ...{ duplicated: count, late: count, foreign: count },
        latency_ms: latency,
      }),
    )
    .readonly(),
});

const brokerProcess = {
  pid: count,
  cpu_seconds: seconds,
  ...{ cpu_share_mean: cores, cpu_share_max: cores, rss_bytes_max: count, sockets_max: count },
  cpu_wait_share: share
    .nullable()
    .describe('of the time in which it could have run; null where the kernel does not say'),
  machine_busy_share: share.describe('of the seconds'),
  ...{ starved: z.boolean(), ended: z.boolean() },
};

const sysFigure = z.strictObject({ first: z.number(), last: z.number(), max: z.number() }).exactOptional();

const sys = z.strictObject({
  ...{ clients_connected: sysFigure, connections_per_minute: sysFigure },
  ...{ messages_received_per_minute: sysFigure, messages_sent_per_minute: sysFigure },
  ...{ publishes_dropped: sysFigure, heap_bytes: sysFigure },
});

const broker = z.union([
  z.strictObject({ ...brokerProcess, sys: sys.exactOptional() }),
  z.strictObject({ sys: sys.exactOptional() }),
]);

/** What `--json` prints and `summary.json` holds. */
const report = z.strictObject({
  schema: z.literal(SUMMARY_SCHEMA),
  devices,
  causes: z.array(cause).readonly().describe('the failed devices by the cause of their last failure'),
  disconnections: z.array(cause).readonly().describe('connections lost after CONNACK 0'),
  failed_attempts: z.array(cause).readonly(),
  outages,
  ...{ tcp_ms: latency, tls_ms: latency, connack_ms: latency, telemetry_ms: latency, echo_ms: latency },
  echo_measurable: z.boolean(),
  messages: z.strictObject({
    ...account,
    received: count,
    overlooked: count.describe('behind another packet in one record, where the firmware does not look'),
    telemetry: z.strictObject(account),
    script: z.strictObject(account),
  }),
  bytes: z.strictObject({ sent: count, received: count }),
  ...{ chip_commands: count, cpu_us_per_device: count, rss_bytes_per_device: count },
  workers: z.strictObject({
    count,
    ended: z
      .array(
        z.strictObject({ worker: count, reason: z.string(), devices: count, connected: count, not_started: count }),
      )
      .readonly(),
  }),
  generator,
  provisioning: provisioning.exactOptional().describe('of firmwares whose devices register at a DPS'),
  run: z.strictObject({
    profile: z.string(),
    broker: z.string().nullable().describe('null for the embedded broker or cloud'),
    ...{ rate: z.number(), pace: z.string() },
    started: z.iso.datetime(),
    ...{ duration_ms: count, interrupted: z.boolean(), emu: z.string() },
  }),
  probe: probe.exactOptional(),
  broker: broker.exactOptional().describe('its side: the embedded broker or cloud, --broker-pid, --broker-sys'),
}) satisfies z.ZodType<RunReport>;

/** The JSON Schema of a run's summary. */
export function reportFileSchema(): object {
  return z.toJSONSchema(report, { target: 'draft-07' });
}
