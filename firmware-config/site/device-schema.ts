import { z } from 'zod';
import type { profileKinds } from '../profiles/profile-schema.ts';

/** Which kind of profile describes a device in each role. */
export const roleProfiles = {
  'ticket-printer': 'printers',
  'receipt-printer': 'printers',
  'document-scanner': 'scanners',
  'code-reader': 'code-readers',
  camera: 'cameras',
  'chip-reader': 'chip-readers',
} as const satisfies Record<string, (typeof profileKinds)[number]>;

export type DeviceRole = keyof typeof roleProfiles;

const TCP = /^tcp:\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i;
const SERIAL = /^serial:\/[^\0]{1,300}$/;
const USB = /^usb:[0-9a-f]{4}:[0-9a-f]{4}(:[^\0]{1,126})?$/i;
const HID = /^(hid|wedge):[0-9a-f]{4}:[0-9a-f]{4}(:[^\0]{1,126})?$/i;
const SANE = /^sane:[^\0]{1,300}$/;
const ESCL =
  /^escl:https?:\/\/[^\s/?#@]{1,260}(\/[^\s?#]{0,200})?(#sha256=([0-9a-f]{2}:?){31}[0-9a-f]{2})?$/i;
const CAMERA = /^camera:[\p{L}\p{N}][^/\s]{0,250}$/u;
const CAMERA_FILE = /^camera-file:\/[^\0]{1,900}$/;
const PCSC = /^pcsc:[^\p{Cc}]{0,128}$/u;
const FOLDER = /^folder:\/[^\0]{1,900}$/;

const printer = {
  forms: [TCP, USB, SERIAL],
  expected: 'tcp://host:port, usb:vid:pid[:serial] or serial:/dev/…[?baud=9600]',
};

/** Only the shape that a role can use at all; the driver says what of it works. */
const addresses: Record<DeviceRole, { readonly forms: readonly RegExp[]; readonly expected: string }> = {
  'ticket-printer': printer,
  'receipt-printer': printer,
  'document-scanner': {
    forms: [SANE, ESCL, CAMERA, FOLDER],
    expected: 'sane:device, escl:http[s]://host[:port][/eSCL][#sha256=…], camera:name or folder:/path',
  },
  'code-reader': {
    forms: [SERIAL, TCP, HID],
    expected: 'serial:/dev/…, tcp://host:port, hid:vid:pid[:serial] or wedge:vid:pid[:serial]',
  },
  camera: {
    forms: [CAMERA, CAMERA_FILE],
    expected: 'camera:name or, for trials, camera-file:/path',
  },
  'chip-reader': {
    forms: [PCSC],
    expected: 'pcsc: (the contactless reader there is) or pcsc:part of a reader’s name',
  },
};

export const DeviceConfig = z
  .strictObject({
    role: z.enum(Object.keys(roleProfiles) as [DeviceRole, ...DeviceRole[]]),
    uri: z.string().min(1).max(1_000),
    /** Name of a file in `profiles/`, without its ending. */
    profile: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'the name of a device profile'),
  })
  .superRefine((device, context) => {
    const { forms, expected } = addresses[device.role];
    if (!forms.some((form) => form.test(device.uri)))
      context.addIssue({ code: 'custom', path: ['uri'], message: expected });
  });
export type DeviceConfig = z.infer<typeof DeviceConfig>;
