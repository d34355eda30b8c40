import { Problem } from "./problem.ts";

interface Failures {
  count: number;
  until: number;
}

/** Slows down guessing: after so many failures within a window a key has to wait for its end. */
export class Throttle {
  readonly #failures = new Map<string, Failures>();
  readonly #limit: number;
  readonly #window: number;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#window = windowMs;
  }

  /** Throws when the key has to wait. */
  check(key: string): void {
    const failures = this.#failures.get(key);
    const remaining = (failures?.until ?? 0) - Date.now();
    if (!failures || remaining <= 0 || failures.count < this.#limit) return;
    throw new Problem(429, "Too many attempts. Please wait a few minutes.", [], { "retry-after": String(Math.ceil(remaining / 1000)) });
  }

  failed(key: string): void {
    const now = Date.now();
    const failures = this.#failures.get(key);
    if (failures && failures.until > now) failures.count += 1;
    else this.#failures.set(key, { count: 1, until: now + this.#window });
    if (this.#failures.size > 10_000) this.#forget(now);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /** Bounds the memory: first what has expired, then the oldest. */
  #forget(now: number): void {
    for (const [key, { until }] of this.#failures) if (until <= now) this.#failures.delete(key);
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= 10_000) break;
      this.#failures.delete(key);
    }
  }
}
