import type { CardCamera } from '@motcua/device-drivers';
import type { FastifyInstance } from 'fastify';
import type { Changes } from '../changes.ts';

const BOUNDARY = 'picture';

/**
 * `GET /api/camera`: what the camera sees, as pictures that replace one another (`multipart/x-mixed-replace`), while a
 * visit waits for a card. The camera is on exactly while somebody sees on the screen what it sees; codes in its pictures
 * are taken as a reader's are.
 */
export function addCameraStream(
  app: FastifyInstance,
  deps: {
    /** Null while no visit waits for a card. */
    readonly camera: () => CardCamera | null;
    readonly onCode: (code: Uint8Array) => void;
    readonly changes: Changes;
  },
): void {
  const closers = new Set<() => void>();
  app.get('/api/camera', (_request, reply) => {
    const camera = deps.camera();
    if (!camera) return reply.code(404).send({ code: 'camera-not-wanted' });
    // One at a time: a second window takes the picture over.
    for (const close of [...closers]) close();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)])),
      'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'cache-control': 'no-store',
    });
    const close = () => {
      leave();
      stopListening();
      closers.delete(close);
      raw.end();
    };
    const leave = camera.watch({
      onCode: deps.onCode,
      onPicture: (jpeg) => {
        // A screen that is slower than the camera misses pictures, it does not lag behind.
        if (raw.writableNeedDrain) return;
        raw.write(`--${BOUNDARY}\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`);
        raw.write(jpeg);
        raw.write('\r\n');
      },
    });
    // Whatever ends the waiting (the card, another step, the time) ends the picture.
    const stopListening = deps.changes.listen(() => {
      if (!deps.camera()) close();
    });
    closers.add(close);
    raw.on('close', close);
    raw.on('error', close);
  });
  app.addHook('preClose', async () => {
    for (const close of [...closers]) close();
  });
}
