// Who waits for something to become true, and is told whenever it may have.

export class Changes {
  readonly #watchers = new Set<() => void>();

  /** Resolves when `condition` holds. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = () => {
        if (!condition()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  tell(): void {
    if (this.#watchers.size > 0) for (const watcher of [...this.#watchers]) watcher();
  }
}
