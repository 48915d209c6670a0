import { fileURLToPath } from 'node:url';
import { REPORT_BYTES } from '../../code-reader/hid-pos/report.ts';
import type { SimulatedReader } from './simulated-reader.ts';
import { startSimulatedTcpReader } from './simulated-tcp-reader.ts';

export interface SimulatedHidReader extends SimulatedReader {
  /** What happens to the native code in the driver's child process. */
  breakDriver(how: 'crash' | 'hang'): Promise<void>;
}

/**
 * A HID POS reader on a bus of its own: everything of the driver but `node-hid` itself is the real thing, its child
 * process included.
 */
export async function startSimulatedHidReader(): Promise<SimulatedHidReader> {
  const wire = await startSimulatedTcpReader(0, new Uint8Array(REPORT_BYTES));
  const port = new URL(wire.uri).port;
  return {
    ...wire,
    uri: `hid:1209:0001:${port}`,
    dependencies: { hidProgram: fileURLToPath(new URL('./simulated-hid-child.ts', import.meta.url)) },
    send: async (code) => {
      for (const report of toReports(Buffer.from(code))) await wire.send(report);
    },
    sendInTwo: async (code, cutAt) => {
      for (const report of toReports(code, cutAt)) await wire.send(report);
    },
    breakDriver: (how) =>
      wire.send(
        Uint8Array.from({ length: REPORT_BYTES }, (_, at) => [0x21, how === 'hang' ? 1 : 0][at] ?? 0),
      ),
  };
}

/** A code as such a reader cuts it: 56 bytes of data in each report, AIM id of a QR. */
export function toReports(code: Uint8Array, partBytes = 56): readonly Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let at = 0; at < code.length; at += partBytes) {
    const part = code.subarray(at, at + partBytes);
    const report = new Uint8Array(REPORT_BYTES);
    report.set([0x02, part.length, ...Buffer.from(']Q1'), ...part]);
    report[61] = 0x73;
    report[63] = at + partBytes < code.length ? 1 : 0;
    reports.push(report);
  }
  return reports;
}
