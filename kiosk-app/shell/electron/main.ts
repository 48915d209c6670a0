// The Electron shell: one window on the local service, and nothing else. Written along Electron's security checklist:
// no remote content, no Node in pages, context isolation, sandbox, all permissions refused, CSP by the service,
// navigation, new windows and web views refused. The fuses of the packaged binary stand in electron-builder.yml.
import { join } from 'node:path';
import { app, BrowserWindow, Menu, type Session, session, type WebContents } from 'electron';
import { requestLaunchUrl } from '../launch-url.ts';
import { isForbiddenKey, isOwnPage, mayRequest, readOrigin } from './policy.ts';

const origin = readOrigin(process.env['MOTCUA_ORIGIN'] ?? 'http://127.0.0.1:8740');
const tokenFile = process.env['MOTCUA_TOKEN_FILE'] ?? '/run/motcua/token';
const developerTools = process.env['MOTCUA_PROFILE'] === 'demo';
const RETRY_MS = 2_000;

app.enableSandbox();
app.setName('motcua-kiosk');
app.commandLine.appendSwitch('host-resolver-rules', `MAP * ~NOTFOUND, EXCLUDE ${new URL(origin).hostname}`);
app.commandLine.appendSwitch('disable-features', 'Translate,MediaRouter');
app.commandLine.appendSwitch('overscroll-history-navigation', '0');
app.commandLine.appendSwitch('disable-pinch');

if (app.requestSingleInstanceLock()) {
  // Every page that could ever be made, also by a fault of ours, is locked down before it loads anything.
  app.on('web-contents-created', (_event, contents) => lockDownContents(contents));
  app.on('window-all-closed', () => app.quit());
  app.on('render-process-gone', () => app.exit(1));
  app.on('child-process-gone', (_event, { type }) => {
    if (type === 'GPU') app.exit(1);
  });
  void app.whenReady().then(openWindow);
} else {
  app.quit();
}

function openWindow(): void {
  Menu.setApplicationMenu(null);
  // Kept in memory only: nothing of a person's visit reaches the disk of the shell.
  const memory = session.fromPartition('kiosk', { cache: false });
  lockDownSession(memory);
  const window = new BrowserWindow({
    kiosk: true,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: '#ffffff',
    webPreferences: {
      session: memory,
      preload: join(__dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
      spellcheck: false,
      devTools: developerTools,
    },
  });
  window.once('ready-to-show', () => window.show());
  // The supervisor starts a fresh one: a hung page never comes back by itself.
  window.on('unresponsive', () => app.exit(1));
  void showService(window);
}

async function showService(window: BrowserWindow): Promise<void> {
  while (!window.isDestroyed()) {
    const launch = await requestLaunchUrl({ origin, tokenFile });
    if (launch.ok) {
      const shown = await window.loadURL(launch.value).then(
        () => true,
        () => false,
      );
      if (shown) return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function lockDownSession(memory: Session): void {
  memory.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  memory.setPermissionCheckHandler(() => false);
  memory.setDevicePermissionHandler(() => false);
  memory.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  memory.on('will-download', (event) => event.preventDefault());
  memory.setSpellCheckerEnabled(false);
  memory.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !mayRequest(url, origin, developerTools) }),
  );
}

function lockDownContents(contents: WebContents): void {
  const stay = (event: { preventDefault(): void; readonly url: string }) => {
    if (!isOwnPage(event.url, origin)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('context-menu', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('before-input-event', (event, input) => {
    if (!developerTools && isForbiddenKey(input)) event.preventDefault();
  });
  contents.on('did-finish-load', () => {
    contents.setZoomFactor(1);
    void contents.setVisualZoomLevelLimits(1, 1);
  });
  contents.on('select-bluetooth-device', (event) => event.preventDefault());
  contents.on('login', (event) => event.preventDefault());
}
