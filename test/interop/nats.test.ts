import { describe } from 'vitest';
import { exportedBrokerCases } from '../support/exported-broker-cases.ts';
import { requireProgram } from '../support/interop.ts';

const path = requireProgram('nats-server', ['--version']);

describe.skipIf(path === undefined)('NATS as exported', () => exportedBrokerCases('nats', /bad_certificate/));
