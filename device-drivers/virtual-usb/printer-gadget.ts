import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';

import { createGadget } from './gadget.ts';

/** The printer's end of the cable; the kernel gives it to one process at a time. */
const DEVICE = '/dev/g_printer0';
/** `GADGET_SET_PRINTER_STATUS` of linux/usb/g_printer.h: `_IOWR('g', 0x22, unsigned char)`. */
const SET_PRINTER_STATUS = 0xc0016722;
const READ_BYTES = 8_192;
const EMPTY_MS = 2;
const APPEAR_MS = 10_000;

export interface PrinterGadgetOptions {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string;
  /** One of dummy_hcd's ports. */
  readonly udc: string;
  /** Where the printer's inside listens: the simulated printer's TCP port. */
  readonly port: number;
}

/** A USB printer (class 7) that the kernel makes and a simulated printer answers for. */
export interface PrinterGadget {
  plug(): Promise<void>;
  /** Pulls the cable: what is on its way is lost. */
  unplug(): Promise<void>;
  /** What `GET_PORT_STATUS` answers: bit 5 paper empty, 4 selected, 3 no error. */
  setPortStatus(status: number): Promise<void>;
  /** Pulls the cable when so many bytes have come behind the next `mark`; resolves when that has happened. */
  pullAfter(mark: Uint8Array, bytes: number): Promise<void>;
  remove(): Promise<void>;
}

export async function createPrinterGadget(options: PrinterGadgetOptions): Promise<PrinterGadget> {
  const cable = await createGadget({
    ...options,
    product: 'Virtual receipt printer',
    function: 'printer.0',
    settings: { pnp_string: 'MFG:Motcua;CMD:ESC/POS;MDL:Virtual;CLS:PRINTER;' },
  });

  let plugged: { readonly device: FileHandle; readonly inside: Socket } | undefined;
  let pull:
    | { readonly mark: Uint8Array; left: number | undefined; readonly bytes: number; done(): void }
    | undefined;

  /** Host → printer. Takes no more than the printer's inside takes: the pipe is then full, as a real one's is. */
  const carryIn = async (device: FileHandle, inside: Socket) => {
    const buffer = Buffer.alloc(READ_BYTES);
    while (plugged?.device === device) {
      // Not blocking: a read that waits in the kernel could not be ended by pulling the cable.
      const bytes = await device.read(buffer, 0, READ_BYTES, null).then(
        ({ bytesRead }) => bytesRead,
        (error: NodeJS.ErrnoException) => (error.code === 'EAGAIN' ? 0 : -1),
      );
      if (bytes < 0) return;
      if (bytes === 0) {
        await pause(EMPTY_MS);
        continue;
      }
      let chunk = Buffer.from(buffer.subarray(0, bytes));
      if (pull && pull.left === undefined) {
        const at = chunk.indexOf(pull.mark);
        if (at >= 0) pull.left = at + pull.bytes;
      }
      const pulledNow = pull?.left !== undefined && pull.left <= chunk.length;
      if (pulledNow) chunk = chunk.subarray(0, pull?.left);
      else if (pull?.left !== undefined) pull.left -= chunk.length;
      if (!inside.write(chunk))
        await new Promise<void>((resolve) => {
          inside.once('drain', resolve);
          inside.once('close', resolve);
        });
      if (!pulledNow || !pull) continue;
      const { done } = pull;
      pull = undefined;
      await gadget.unplug();
      done();
    }
  };

  /** Printer → host. */
  const carryOut = async (device: FileHandle, inside: Socket) => {
    for await (const chunk of inside as AsyncIterable<Buffer>)
      for (let at = 0; at < chunk.length && plugged?.device === device; ) {
        const bytes = await device.write(chunk, at).then(
          ({ bytesWritten }) => bytesWritten,
          () => 0,
        );
        if (bytes === 0) await pause(EMPTY_MS);
        at += bytes;
      }
  };

  const gadget: PrinterGadget = {
    plug: async () => {
      await cable.plug();
      const device = await openWhenThere();
      const inside = connect({ host: '127.0.0.1', port: options.port, noDelay: true });
      inside.on('error', () => undefined);
      plugged = { device, inside };
      void carryIn(device, inside);
      void carryOut(device, inside).catch(() => undefined);
    },
    unplug: async () => {
      const was = plugged;
      plugged = undefined;
      await cable.unplug();
      // Its inside still gets what the cable has delivered.
      was?.inside.end();
      await was?.device.close();
    },
    setPortStatus: async (status) => {
      if (!plugged) throw new Error('the cable is not plugged in');
      // Node has no ioctl; Perl is a part of every Debian. The driver takes the argument for the status itself.
      const perl = `open(my $d, "+<&=", 3) or die; defined ioctl($d, ${SET_PRINTER_STATUS}, ${status}) or die $!`;
      const child = spawn('perl', ['-e', perl], {
        stdio: ['ignore', 'ignore', 'inherit', plugged.device.fd],
      });
      const [exit] = (await once(child, 'exit')) as [number | null];
      if (exit !== 0) throw new Error('the port status was not set');
    },
    pullAfter: (mark, bytes) =>
      new Promise((done) => {
        pull = { mark, left: undefined, bytes, done };
      }),
    remove: async () => {
      if (plugged) await gadget.unplug();
      await cable.remove();
    },
  };
  return gadget;
}

async function openWhenThere(): Promise<FileHandle> {
  const end = performance.now() + APPEAR_MS;
  for (;;) {
    const device = await open(DEVICE, constants.O_RDWR | constants.O_NONBLOCK).catch(() => undefined);
    if (device) return device;
    if (performance.now() > end) throw new Error(`${DEVICE} did not appear`);
    await pause(20);
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
