/** A way in which a camera delivers pictures, by ffmpeg's name for it. */
export interface CameraFormat {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

const MAX_LINES = 200;
const LINE = /(?:Raw|Compressed) *: *([a-z0-9_]+) *: *[^:]*: *([0-9x ]+)$/;

/**
 * Reads what `ffmpeg -f v4l2 -list_formats all` prints, such as
 * `[video4linux2,v4l2 @ 0x5581] Compressed:       mjpeg :          Motion-JPEG : 3264x2448 1920x1080`.
 */
export function parseFormats(listing: string): readonly CameraFormat[] {
  return listing
    .split('\n')
    .slice(0, MAX_LINES)
    .flatMap((line) => {
      const [, name, sizes = ''] = LINE.exec(line.trimEnd()) ?? [];
      if (name === undefined) return [];
      return [...sizes.matchAll(/\b(\d{2,5})x(\d{2,5})\b/g)].map(([, width, height]) => ({
        name,
        width: Number(width),
        height: Number(height),
      }));
    });
}

/** The most pixels; the earlier named of two that are equal. */
export function largestFormat(formats: readonly CameraFormat[]): CameraFormat | null {
  return formats.reduce<CameraFormat | null>(
    (best, one) => (best && best.width * best.height >= one.width * one.height ? best : one),
    null,
  );
}

/** More pixels take longer to search and tell a reader of codes nothing. */
const READING = 1_280 * 720;

/** For reading codes: the format nearest to 1280 × 720, packed (the first named) before raw, which is slow over USB 2. */
export function readingFormat(formats: readonly CameraFormat[]): CameraFormat | null {
  const distance = ({ name, width, height }: CameraFormat) =>
    Math.abs(Math.log((width * height) / READING)) + (name === 'mjpeg' ? 0 : 0.1);
  return formats.reduce<CameraFormat | null>(
    (best, one) => (best && distance(best) <= distance(one) ? best : one),
    null,
  );
}
