/** A call that is due at a time; without `ring` it was cancelled. */
export interface Alarm {
  readonly at: number;
  ring: (() => void) | undefined;
}

/** Alarms by their time, the earliest first: a binary heap, since a fleet has thousands and most ring soon. */
export class AlarmQueue {
  readonly #heap: Alarm[] = [];

  /** When the next alarm is due, cancelled ones left out; infinite without one. */
  get next(): number {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.ring !== undefined) return first.at;
      this.#takeFirst();
    }
    return Number.POSITIVE_INFINITY;
  }

  add(alarm: Alarm): void {
    const heap = this.#heap;
    let index = heap.push(alarm) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Alarm;
      if (above.at <= alarm.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = alarm;
  }

  /** Takes out the next alarm that is due at `now`. */
  due(now: number): Alarm | undefined {
    return this.next <= now ? this.#takeFirst() : undefined;
  }

  #takeFirst(): Alarm {
    const heap = this.#heap;
    const first = heap[0] as Alarm;
    const last = heap.pop() as Alarm;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(alarm: Alarm): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Alarm).at < (heap[child] as Alarm).at) child++;
      const below = heap[child] as Alarm;
      if (below.at >= alarm.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = alarm;
  }
}
