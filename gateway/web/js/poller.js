/** Asks again and again: every `every` ms, later after failures, not while the page is hidden. */
export class Poller {
  #every;
  #ask;
  #failed;
  #timer = 0;
  #failures = 0;
  #isRunning = false;
  /** @type {AbortController | undefined} */
  #asking;
  #visibility = () => (document.hidden ? this.#pause() : this.#run());

  /**
   * @param {number} every milliseconds
   * @param {(signal: AbortSignal) => Promise<void>} ask
   * @param {(error: Error) => void} failed
   */
  constructor(every, ask, failed) {
    this.#every = every;
    this.#ask = ask;
    this.#failed = failed;
  }

  start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    document.addEventListener("visibilitychange", this.#visibility);
    if (!document.hidden) this.#run();
  }

  stop() {
    this.#isRunning = false;
    document.removeEventListener("visibilitychange", this.#visibility);
    this.#pause();
  }

  #pause() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = undefined;
  }

  async #run() {
    this.#pause();
    const asking = new AbortController();
    this.#asking = asking;
    let wait = this.#every;
    try {
      await this.#ask(asking.signal);
      this.#failures = 0;
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#failures += 1;
      const backOff = Math.min(this.#every * 2 ** this.#failures, 30_000);
      // Apart from each other, so that readers do not all come back at once.
      wait = Math.max(backOff * (0.75 + Math.random() / 2), (error.retryAfter ?? 0) * 1000);
      this.#failed(error);
    }
    if (!asking.signal.aborted && this.#isRunning) {
      this.#timer = setTimeout(() => this.#run(), wait);
    }
  }
}
