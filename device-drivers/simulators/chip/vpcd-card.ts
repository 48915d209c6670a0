import { connect, type Socket } from 'node:net';
import type { SimulatedChip } from './simulated-chip.ts';

/** The place on a virtual reader (vpcd of vsmartcard). A card lies there until it is taken away. */
export interface VirtualCardSlot {
  /** The reader notices the card within half a second of its being ready. */
  lay(chip: SimulatedChip): void;
  takeAway(): void;
  isThere(): boolean;
  /** The listener is told when the card has left by a fault of its own; replaces an earlier listener. */
  onLeft(listener: () => void): void;
}

/** One-byte messages of vpcd; everything else is a command APDU. */
const CONTROL = { powerOff: 0, powerOn: 1, reset: 2, atr: 4 } as const;
const AGAIN_MS = 100;

/**
 * `port`: that of the reader, 35963 for the one that the Debian package declares. The card connects; frames: length
 * (2 bytes, big-endian), bytes. A reader that ends or is restarted finds the card lying there: it connects anew.
 */
export function virtualCardSlot(port: number): VirtualCardSlot {
  let laid: SimulatedChip | null = null;
  let socket: Socket | null = null;
  let timer: NodeJS.Timeout | undefined;
  let onLeft = () => {};
  const takeAway = () => {
    laid = null;
    clearTimeout(timer);
    // Not `end`: a card does not say goodbye.
    socket?.destroy();
    socket = null;
  };
  const connectTo = (chip: SimulatedChip) => {
    const made = connect({ host: '127.0.0.1', port, noDelay: true });
    socket = made;
    chip.powerOn();
    let waiting = Buffer.alloc(0);
    made.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (socket === made && waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const message = waiting.subarray(2, 2 + waiting.readUInt16BE(0));
        waiting = waiting.subarray(2 + message.length);
        const answer = answerTo(chip, message);
        if (answer === 'gone') {
          takeAway();
          return onLeft();
        }
        if (answer) made.write(frame(answer));
      }
    });
    made.on('error', () => undefined);
    made.on('close', () => {
      if (socket === made) timer = setTimeout(() => connectTo(chip), AGAIN_MS);
    });
  };
  return {
    lay: (chip) => {
      takeAway();
      laid = chip;
      connectTo(chip);
    },
    takeAway,
    isThere: () => laid !== null,
    onLeft: (listener) => {
      onLeft = listener;
    },
  };
}

function answerTo(chip: SimulatedChip, message: Uint8Array): Uint8Array | 'gone' | null {
  if (message.length !== 1) return chip.answer(Uint8Array.from(message));
  switch (message[0]) {
    case CONTROL.atr:
      return chip.atr;
    case CONTROL.powerOff:
    case CONTROL.powerOn:
    case CONTROL.reset:
      chip.powerOn();
      return null;
    default:
      return null;
  }
}

function frame(bytes: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(2 + bytes.length);
  framed.writeUInt16BE(bytes.length);
  framed.set(bytes, 2);
  return framed;
}
