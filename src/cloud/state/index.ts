export { type Keeper, State, type Table } from './state.ts';
