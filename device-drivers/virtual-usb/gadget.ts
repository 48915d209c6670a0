import { mkdir, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const GADGETS = '/sys/kernel/config/usb_gadget';

export interface GadgetOptions {
  /** Four hexadecimal digits, as `lsusb` shows them. */
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string;
  readonly product: string;
  /** One of dummy_hcd's ports. */
  readonly udc: string;
  /** The kernel's function, `printer.0`, and its settings. */
  readonly function: string;
  readonly settings: Readonly<Record<string, string | Uint8Array>>;
}

/** A USB device that the kernel makes (configfs). */
export interface Gadget {
  plug(): Promise<void>;
  /** Pulls the cable. */
  unplug(): Promise<void>;
  /** An unplugged one. */
  remove(): Promise<void>;
}

export async function createGadget(options: GadgetOptions): Promise<Gadget> {
  const folder = join(GADGETS, options.serialNumber);
  const own = join(folder, 'functions', options.function);
  const link = join(folder, 'configs', 'c.1', options.function);
  await mkdir(folder);
  await mkdir(join(folder, 'strings', '0x409'));
  await mkdir(join(folder, 'configs', 'c.1'));
  await mkdir(own);
  for (const [file, value] of [
    [join(folder, 'idVendor'), `0x${options.vendorId}`],
    [join(folder, 'idProduct'), `0x${options.productId}`],
    [join(folder, 'strings/0x409/manufacturer'), 'Motcua'],
    [join(folder, 'strings/0x409/product'), options.product],
    [join(folder, 'strings/0x409/serialnumber'), options.serialNumber],
    ...Object.entries(options.settings).map(([name, value]) => [join(own, name), value] as const),
  ] as const)
    await writeFile(file, value);
  await symlink(own, link);
  return {
    plug: () => writeFile(join(folder, 'UDC'), options.udc),
    unplug: () => writeFile(join(folder, 'UDC'), '\n'),
    remove: async () => {
      // The kernel's own files in them do not keep the folders; the order is the kernel's.
      await unlink(link);
      for (const part of ['configs/c.1', `functions/${options.function}`, 'strings/0x409', ''])
        await rmdir(join(folder, part));
    },
  };
}
