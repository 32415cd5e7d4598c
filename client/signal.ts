/** Something that can be listened to; the editor's own event type is not at hand outside of it. */
export interface Signal<T> {
  readonly on: (listener: (value: T) => void) => { dispose(): void };
  fire(value: T): void;
}

export function createSignal<T>(): Signal<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    on(listener) {
      // A wrapper for each registration: one function may listen twice and leave once.
      const registered = (value: T): void => {
        listener(value);
      };
      listeners.add(registered);
      return {
        dispose: () => {
          listeners.delete(registered);
        },
      };
    },
    fire(value) {
      for (const listener of [...listeners]) listener(value);
    },
  };
}
