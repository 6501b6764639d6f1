export { serveMqtt } from './serve.ts';
export {
  CONNACK,
  type ConnectRequest,
  type Granted,
  type Message,
  type Peer,
  type Refusal,
  type Service,
  type Session,
  type Then,
} from './service.ts';
