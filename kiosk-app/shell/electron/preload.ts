// Runs before the page, in its sandbox and in a world of its own. The page needs nothing from the shell, so nothing is
// exposed to it; what a touch screen can do by accident is taken away.
declare const window: {
  addEventListener(kind: string, listener: (event: { preventDefault(): void }) => void): void;
};
for (const kind of ['contextmenu', 'dragstart', 'dragover', 'drop'])
  window.addEventListener(kind, (event) => event.preventDefault());
