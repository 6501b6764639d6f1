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
} from './service.ts';
