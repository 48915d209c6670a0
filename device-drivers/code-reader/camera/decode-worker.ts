// The worker thread of picture-decoder.ts: finds QR codes in JPEG pictures with zxing-wasm.
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// By itself the package would fetch its binary from the network.
const wasm = await readFile(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
await prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasm).buffer }, fireImmediately: true });

parentPort?.on('message', async (picture: Uint8Array<ArrayBuffer>) => {
  const codes = await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 1 }).catch(() => []);
  parentPort?.postMessage(codes.filter(({ isValid }) => isValid).map(({ bytes }) => bytes));
});
parentPort?.postMessage('ready');
