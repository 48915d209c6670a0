import { openThermalPrinter } from '../printer/thermal-printer.ts';
import { printerConformance } from '../printer/transport/conformance.ts';
import { startSimulatedPrinter } from '../simulators/printer/simulated-printer.ts';
import { createPrinterGadget } from './printer-gadget.ts';

printerConformance('USB', async () => {
  const simulator = await startSimulatedPrinter();
  const gadget = await createPrinterGadget({
    vendorId: '04b8',
    productId: '0e28',
    serialNumber: 'CONFORMANCE',
    udc: 'dummy_udc.0',
    port: simulator.port,
  });
  await gadget.plug();
  const driver = openThermalPrinter('usb:04b8:0e28:CONFORMANCE', {
    timeouts: { retryFirstMs: 100, retryMaxMs: 1_000, connectMs: 20_000 },
  });
  return {
    simulator,
    driver,
    plug: gadget.plug,
    unplug: gadget.unplug,
    [Symbol.asyncDispose]: async () => {
      await driver.close();
      await gadget.remove();
      await simulator.close();
    },
  };
});
