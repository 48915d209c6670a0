import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const silent = { isEnabled: false } as Parameters<typeof validateConfiguration>[1];
const read = () => getConfig(root, 'electron-builder.yml', null);

test('electron-builder accepts its configuration', async () => {
  await expect(validateConfiguration(await read(), silent)).resolves.toBeUndefined();
});

test('its schema would see a typing error', async () => {
  const misspelt = { ...(await read()), apId: 'x' };
  await expect(validateConfiguration(misspelt as never, silent)).rejects.toThrow('apId');
});

test('it packages the Electron that the shell is checked against, with the fuses closed, and publishes nothing', async () => {
  const config = await read();
  const shell = JSON.parse(readFileSync(join(root, 'kiosk-app', 'shell', 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(config.electronVersion).toBe(shell.dependencies['electron']);
  expect(config.publish).toBeNull();
  expect(config.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});
