import QRCode from 'qrcode';
import sharp from 'sharp';

export const conditions = ['plain', 'blur', 'tilt', 'glare', 'low light'] as const;
export type Condition = (typeof conditions)[number];

/** One picture twice, as each reader likes it: neither pays for the conversion. */
export interface Frame {
  readonly grey: Uint8ClampedArray;
  readonly rgba: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export const sizes = [
  { name: '480p', width: 640, height: 480 },
  { name: '720p', width: 1_280, height: 720 },
  { name: '1080p', width: 1_920, height: 1_080 },
] as const;

/**
 * What a camera sees of a card's QR held about 12 cm away: the code is 40 to 60 % of the picture's height, turned a
 * little, on a grey card, with the noise of a sensor. `random` gives 0 to 1.
 */
export async function cameraFrame(
  text: string,
  { width, height }: { readonly width: number; readonly height: number },
  condition: Condition,
  random: () => number,
): Promise<Frame> {
  const side = Math.round(height * (0.4 + 0.2 * random()));
  const code = await QRCode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 4, width: 4 * side });
  const angle = (random() - 0.5) * (condition === 'tilt' ? 60 : 10);
  // A card that is held at a slant: narrower one way, and sheared.
  const slant =
    condition === 'tilt'
      ? [
          [0.75, 0.18 * (random() - 0.5)],
          [0.25 * random(), 1],
        ]
      : [
          [1, 0],
          [0, 1],
        ];
  const grey = { r: 205, g: 205, b: 205 };
  const turned = await sharp(code)
    .resize(side, side, { kernel: 'lanczos3' })
    .affine(slant as [[number, number], [number, number]], { background: grey })
    .rotate(angle, { background: grey })
    .toColourspace('srgb')
    .png()
    .toBuffer({ resolveWithObject: true });
  const fits = await sharp(turned.data)
    .resize(Math.min(turned.info.width, width - 4), Math.min(turned.info.height, height - 4), {
      fit: 'inside',
    })
    .png()
    .toBuffer();
  let picture = await sharp({ create: { width, height, channels: 3, background: grey } })
    .composite([
      { input: fits, gravity: 'centre' },
      ...(condition === 'glare' ? [glare(width, height, side, random)] : []),
    ])
    .png()
    .toBuffer();
  // A standard deviation of 0.25 to 0.7 modules of a code of version 9.
  if (condition === 'blur')
    picture = await sharp(picture)
      .blur((side / 61) * (0.25 + 0.45 * random()))
      .png()
      .toBuffer();
  const raw = await sharp(picture).greyscale().raw().toBuffer();
  const light = condition === 'low light' ? 0.07 : 1;
  const noise = condition === 'low light' ? 10 : 4;
  const grey8 = Uint8ClampedArray.from(
    raw,
    (value) => value * light + (random() + random() - 1) * noise + noise / 2,
  );
  const rgba = new Uint8ClampedArray(grey8.length * 4).fill(255);
  grey8.forEach((value, at) => {
    rgba[at * 4] = rgba[at * 4 + 1] = rgba[at * 4 + 2] = value;
  });
  return { width, height, grey: grey8, rgba };
}

/** A lamp's reflection over a part of the code that its error correction can bear, or barely not. */
function glare(width: number, height: number, side: number, random: () => number) {
  const radius = side * (0.12 + 0.16 * random());
  const x = width / 2 + side * 0.3 * (random() - 0.5);
  const y = height / 2 + side * 0.3 * (random() - 0.5);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><radialGradient id="g">
    <stop offset="0.5" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>
    <ellipse cx="${x}" cy="${y}" rx="${radius * 1.4}" ry="${radius}" fill="url(#g)"/></svg>`;
  return { input: Buffer.from(svg) };
}
