import { type Logger, silentLogger } from '@motcua/core';
import { v4l2Camera } from '../camera/camera-input.ts';
import { parseDeviceUri } from '../device-uri.ts';
import { systemTimers, type Timers } from '../timers.ts';
import { openCameraScanner } from './camera-scanner.ts';
import { openEsclScanner } from './escl/escl-scanner.ts';
import { openFolderScanner } from './folder-scanner.ts';
import { openSaneScanner } from './sane-scanner.ts';
import type { DocumentScanner } from './scanner.ts';

export interface ScannerDriverProfile {
  /** No page and no progress for this long means that the scanner hangs. */
  readonly pageTimeoutMs: number;
  /** Passed to `scanimage` as they are, before the options that the driver sets. */
  readonly scanimageArguments: readonly string[];
}

export const defaultScannerProfile: ScannerDriverProfile = { pageTimeoutMs: 60_000, scanimageArguments: [] };

export interface DocumentScannerDependencies {
  readonly profile?: ScannerDriverProfile;
  /** Added to the environment of `scanimage`: `SANE_CONFIG_DIR` for the kiosk's own SANE configuration. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
  readonly timers?: Timers;
}

/**
 * Opens a scanner at `sane:…`, `escl:…`, `camera:…` or `folder:…`; nothing is touched before the first scan or question, so it may
 * be absent. Throws on an address that is none (`parseDeviceUri` checks one beforehand).
 */
export function openDocumentScanner(
  uri: string,
  dependencies: DocumentScannerDependencies = {},
): DocumentScanner {
  const address = parseDeviceUri(uri, ['sane', 'escl', 'camera', 'folder']);
  if (!address.ok) throw new Error(address.error.message);
  const { pageTimeoutMs, scanimageArguments } = dependencies.profile ?? defaultScannerProfile;
  const timers = dependencies.timers ?? systemTimers;
  const logger = (dependencies.logger ?? silentLogger).child({ scanner: uri });
  const common = { pageTimeoutMs, timers, logger };
  switch (address.value.kind) {
    case 'folder':
      return openFolderScanner(uri, address.value.path, common);
    case 'escl':
      return openEsclScanner(uri, address.value, common);
    case 'camera':
      return openCameraScanner(uri, v4l2Camera(address.value.name), common);
    case 'sane':
      return openSaneScanner(uri, address.value.device, {
        ...common,
        scanimageArguments,
        environment: dependencies.environment ?? {},
      });
  }
}
