/** A shard's own process. */
import { servesParent } from '../base/index.ts';
import { ResourceMeter } from '../metrics/index.ts';
import type { FromShard, ToShard } from './messages.ts';
import { Shard } from './shard.ts';

const post = servesParent<ToShard, FromShard>((message) => shard.receive(message));
const shard = new Shard(post, new ResourceMeter());
