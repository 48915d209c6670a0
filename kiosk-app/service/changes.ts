/** Tells listeners (the screens' event streams) that the kiosk's view has changed. Carries no content. */
export interface Changes {
  readonly version: () => number;
  bump(): void;
  listen(listener: (version: number) => void): () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<(version: number) => void>();
  let version = 0;
  return {
    version: () => version,
    bump: () => {
      version += 1;
      for (const listener of listeners) listener(version);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
