import { openThermalPrinter } from '@motcua/device-drivers';
import { startSimulatedPrinter } from '@motcua/device-drivers/simulators';

/** The real driver on a simulated printer, over TCP; it notices changes without long waits. */
export async function createPrinterBench() {
  const simulator = await startSimulatedPrinter();
  const open = () => openThermalPrinter(simulator.uri, { timeouts: { retryFirstMs: 5, retryMaxMs: 20 } });
  const printer = open();
  return {
    simulator,
    printer,
    /** As after a restart of the service. */
    reopen: open,
    close: async () => {
      await printer.close();
      await simulator.close();
    },
  };
}

export type PrinterBench = Awaited<ReturnType<typeof createPrinterBench>>;
