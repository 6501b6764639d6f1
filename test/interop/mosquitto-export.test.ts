import { describe } from 'vitest';
import { exportedBrokerCases } from '../support/exported-broker-cases.ts';
import { requireProgram } from '../support/interop.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('mosquitto as exported', () => exportedBrokerCases('mosquitto', /unknown_ca/));
