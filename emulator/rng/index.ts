export { type Rng, rootRng } from './rng.ts';
