import { toBuffer } from 'qrcode';
import sharp from 'sharp';

const WIDTH = 1_280;
const HEIGHT = 720;
const CODE = 360;

/** What a camera of 1280 × 720 sees, as JPEG: an empty hall, or a code that somebody holds before it, a little askew. */
export async function simulatedCameraPicture(code: string | null): Promise<Buffer> {
  const hall = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#9aa3a0' } });
  if (code === null) return hall.jpeg().toBuffer();
  const symbol = await toBuffer(code, { width: CODE, margin: 4 });
  const held = await sharp(symbol).rotate(7, { background: '#fff' }).blur(0.8).png().toBuffer();
  return hall
    .composite([{ input: held, left: 460, top: 130 }])
    .jpeg()
    .toBuffer();
}
