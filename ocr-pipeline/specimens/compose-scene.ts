import sharp from 'sharp';
import type { Quad } from '../imaging/sheet.ts';
import { type Ground, groundColour } from './grounds.ts';
import { seededRandom } from './random.ts';

/** A paper lying in a scene: 8-bit RGB pixels and where its middle lies, in millimetres from the scene's top left. */
export interface ScenePaper {
  readonly picture: { readonly width: number; readonly height: number; readonly data: Uint8Array };
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** Degrees clockwise. */
  readonly angle: number;
  /** Radius of the corners, millimetres: 3.18 on ID-1 cards. */
  readonly corner?: number;
}

/** What a flatbed or a document camera sees: papers on a ground, seen straight or at a slant. */
export interface Scene {
  readonly seed: number;
  readonly dpi: number;
  /** Of the picture, millimetres of ground at its middle. */
  readonly width: number;
  readonly height: number;
  readonly ground: Ground;
  readonly papers: readonly ScenePaper[];
  /** Degrees that the camera leans, about the horizontal and the vertical axis; 0, 0 is a flatbed. */
  readonly tilt: readonly [number, number];
  /** Shadow that the papers' edges throw: how dark (0–1), how wide in millimetres, whence (degrees; null: all round). */
  readonly edgeShadow: {
    readonly depth: number;
    readonly width: number;
    readonly direction: number | null;
  };
  /** Uneven light: the darkest corner keeps 1 − light. */
  readonly light: number;
  /** A hard-edged shadow (an arm, the camera's stand) over one side: how dark, over which share of the picture. */
  readonly castShadow: { readonly depth: number; readonly share: number; readonly angle: number } | null;
  /** Standard deviation in levels. */
  readonly noise: number;
  readonly jpegQuality: number;
}

const CAMERA_DISTANCE_MM = 420;

/** The picture as JPEG, and the true corners of each paper (they may lie outside the picture), in the order of `papers`. */
export async function composeScene(
  scene: Scene,
): Promise<{ readonly picture: Buffer; readonly corners: readonly Quad[] }> {
  const scale = scene.dpi / 25.4;
  const width = Math.round(scene.width * scale);
  const height = Math.round(scene.height * scale);
  const view = lookAt(scene, width, height);
  const data = Buffer.alloc(width * height * 3);
  const random = seededRandom(scene.seed);
  const lightAngle = random() * 2 * Math.PI;
  const colour = new Float64Array(3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [planeX, planeY] = view.toPlane(x + 0.5, y + 0.5);
      paintPoint(scene, planeX, planeY, colour);
      const u = x / width - 0.5;
      const v = y / height - 0.5;
      const light =
        (1 - scene.light * (0.5 + 0.7 * (u * Math.cos(lightAngle) + v * Math.sin(lightAngle)))) *
        castShadowAt(scene, u, v);
      const grain = scene.noise === 0 ? 0 : (random() + random() + random() - 1.5) * 2 * scene.noise;
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1)
        data[at + channel] = Math.max(0, Math.min(255, Math.round(colour[channel]! * light + grain)));
    }
  const picture = await sharp(data, { raw: { width, height, channels: 3 } })
    .withMetadata({ density: scene.dpi })
    .jpeg({ quality: scene.jpegQuality })
    .toBuffer();
  const corners = scene.papers.map((paper) => {
    const at = ([side, upright]: readonly [number, number]) => {
      const [x, y] = view.toPicture(
        ...toScene(paper, (side * paper.width) / 2, (upright * paper.height) / 2),
      );
      return { x: x / width, y: y / height };
    };
    return [at([-1, -1]), at([1, -1]), at([1, 1]), at([-1, 1])] as const;
  });
  return { picture, corners };
}

function toScene(paper: ScenePaper, x: number, y: number): readonly [number, number] {
  const angle = (paper.angle * Math.PI) / 180;
  return [
    paper.x + x * Math.cos(angle) - y * Math.sin(angle),
    paper.y + x * Math.sin(angle) + y * Math.cos(angle),
  ];
}

/** A pinhole camera over the middle of the scene. */
function lookAt(scene: Scene, width: number, height: number) {
  const [a, b] = scene.tilt.map((degrees) => (degrees * Math.PI) / 180) as [number, number];
  const focal = (CAMERA_DISTANCE_MM * scene.dpi) / 25.4;
  // Rotation about x by a, then about y by b; the plane has z = 0.
  const xx = Math.cos(b);
  const xy = Math.sin(a) * Math.sin(b);
  const yy = Math.cos(a);
  const zx = -Math.sin(b);
  const zy = Math.sin(a) * Math.cos(b);
  return {
    toPicture(planeX: number, planeY: number): readonly [number, number] {
      const x = planeX - scene.width / 2;
      const y = planeY - scene.height / 2;
      const depth = CAMERA_DISTANCE_MM + zx * x + zy * y;
      return [(focal * (xx * x + xy * y)) / depth + width / 2, (focal * yy * y) / depth + height / 2];
    },
    /** Solves the two equations above for the point of the plane. */
    toPlane(pictureX: number, pictureY: number): readonly [number, number] {
      const u = (pictureX - width / 2) / focal;
      const v = (pictureY - height / 2) / focal;
      const a11 = xx - u * zx;
      const a12 = xy - u * zy;
      const a21 = -v * zx;
      const a22 = yy - v * zy;
      const determinant = a11 * a22 - a12 * a21;
      const x = (CAMERA_DISTANCE_MM * (u * a22 - a12 * v)) / determinant;
      const y = (CAMERA_DISTANCE_MM * (a11 * v - a21 * u)) / determinant;
      return [x + scene.width / 2, y + scene.height / 2];
    },
  };
}

function paintPoint(scene: Scene, x: number, y: number, colour: Float64Array): void {
  let shade = 1;
  for (const paper of scene.papers) {
    const angle = (-paper.angle * Math.PI) / 180;
    const px = (x - paper.x) * Math.cos(angle) - (y - paper.y) * Math.sin(angle);
    const py = (x - paper.x) * Math.sin(angle) + (y - paper.y) * Math.cos(angle);
    const distance = outside(paper, px, py);
    if (distance <= 0) {
      samplePaper(paper, px / paper.width + 0.5, py / paper.height + 0.5, colour);
      return;
    }
    shade *= edgeShadowAt(scene, paper, x - paper.x, y - paper.y, distance);
  }
  groundColour(scene.ground, scene.seed, x, y, colour);
  for (let channel = 0; channel < 3; channel += 1) colour[channel]! *= shade;
}

/** Millimetres outside the paper; not positive on it. */
function outside(paper: ScenePaper, px: number, py: number): number {
  const radius = paper.corner ?? 0;
  const dx = Math.abs(px) - paper.width / 2 + radius;
  const dy = Math.abs(py) - paper.height / 2 + radius;
  return Math.hypot(Math.max(0, dx), Math.max(0, dy)) + Math.min(0, Math.max(dx, dy)) - radius;
}

function edgeShadowAt(scene: Scene, paper: ScenePaper, x: number, y: number, distance: number): number {
  const { depth, width, direction } = scene.edgeShadow;
  if (depth === 0 || distance >= width) return 1;
  let side = 1;
  if (direction !== null) {
    const towards = (direction * Math.PI) / 180;
    side = Math.max(0, (x * Math.cos(towards)) / paper.width + (y * Math.sin(towards)) / paper.height) * 2;
  }
  return 1 - depth * Math.min(1, side) * (1 - distance / width);
}

function samplePaper(paper: ScenePaper, u: number, v: number, colour: Float64Array): void {
  const { width, height, data } = paper.picture;
  const x = Math.max(0, Math.min(width - 1.001, u * width - 0.5));
  const y = Math.max(0, Math.min(height - 1.001, v * height - 0.5));
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  const at = (top * width + left) * 3;
  const below = at + (top + 1 < height ? width * 3 : 0);
  const beside = left + 1 < width ? 3 : 0;
  for (let channel = 0; channel < 3; channel += 1) {
    const upper = data[at + channel]! * (1 - fx) + data[at + beside + channel]! * fx;
    const lower = data[below + channel]! * (1 - fx) + data[below + beside + channel]! * fx;
    colour[channel] = upper * (1 - fy) + lower * fy;
  }
}

function castShadowAt(scene: Scene, u: number, v: number): number {
  if (scene.castShadow === null) return 1;
  const { depth, share, angle } = scene.castShadow;
  const towards = (angle * Math.PI) / 180;
  const along = u * Math.cos(towards) + v * Math.sin(towards);
  // The edge is soft over 2 % of the picture.
  return 1 - depth * Math.max(0, Math.min(1, (along - (0.5 - share)) / 0.02));
}
