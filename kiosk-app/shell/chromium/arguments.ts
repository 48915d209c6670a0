export interface ChromiumSettings {
  readonly userDataFolder: string;
  readonly isRoot: boolean;
  readonly wayland: boolean;
  /** Host of the service; no other name resolves. */
  readonly host: string;
}

/** Command line of a Chromium that shows one local page over the whole screen and calls nobody. */
export function chromiumArguments(settings: ChromiumSettings): readonly string[] {
  return [
    `--user-data-dir=${settings.userDataFolder}`,
    '--kiosk',
    // Control through pipes 3 and 4: no port that others could reach, and Chromium ends when we do.
    '--remote-debugging-pipe',
    '--no-first-run',
    '--no-default-browser-check',
    '--noerrdialogs',
    '--hide-crash-restore-bubble',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--disable-breakpad',
    '--disable-default-apps',
    '--disable-notifications',
    '--deny-permission-prompts',
    '--no-pings',
    '--metrics-recording-only',
    '--password-store=basic',
    '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,InterestFeedContentSuggestions',
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${settings.host}`,
    // /dev/shm is 64 MB in containers; a page with many thumbnails needs more.
    '--disable-dev-shm-usage',
    ...(settings.wayland ? ['--ozone-platform=wayland'] : []),
    // Chromium refuses its sandbox to root. Only developers run it so: the appliance has a user of its own.
    ...(settings.isRoot ? ['--no-sandbox'] : []),
    'about:blank',
  ];
}
