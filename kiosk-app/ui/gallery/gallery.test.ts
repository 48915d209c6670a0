import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { galleryScreens } from '../fixtures/screens.ts';
import { views } from '../fixtures/views.ts';
import { type Gallery, openGallery, SIZES } from './open-gallery.ts';

const PIXELS_PER_MM = 4.05;
const TOUCH_MM = 20;
/** Capital height of the smallest print, and of Be Vietnam Pro per em. */
const SMALLEST_CAPITAL_MM = 4;
const CAPITAL_PER_EM = 0.74;
/** Whatever has to be read to go on; labels and side notes may be smaller. */
const MAIN_CAPITAL_MM = 7.3;
/** Under this the marks over and under stacked Vietnamese letters of two lines touch. */
const TIGHTEST_LEADING = 1.25;
const LEAST_CONTROL_CONTRAST = 3;

/** Where small print may stand. */
const SIDE_NOTES =
  '.small, dt, .action-hint, .step-list, .term-title, .thumbnail-words, .read-field-state, .attract-office, .attract-date';

/** Scrolling regions reach this far over their place, so that focus rings at their edge are not cut off. */
const FOCUS_RING_PIXELS = 2 * PIXELS_PER_MM + 2;

let gallery: Gallery;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  gallery = await openGallery();
});
afterAll(() => gallery?.close());

/** Measures in the page; the demo's panel is no part of the kiosk. */
async function measure(page: Page) {
  // Two frames: the observers of the layout have then seen the new size.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page.evaluate(
    ([ring, limits]) => {
      const kiosk = document.querySelector('.kiosk')!;
      const frame = kiosk.getBoundingClientRect();
      const name = (element: Element) => `${element.className}: ${element.textContent?.slice(0, 40)}`;
      const all = [...kiosk.querySelectorAll('*')].filter(
        (element) => element.checkVisibility() && !element.closest('svg, .visually-hidden'),
      );
      const outside = all.filter((element) => {
        if (element.closest('.scroll-view')) return false;
        const box = element.getBoundingClientRect();
        const across = box.left < frame.left - 1 || box.right > frame.right + 1;
        return across || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
      });
      // Contents that need more room than their box has: cut off, or over their neighbour.
      const overflowing = all.filter((element) => {
        const style = getComputedStyle(element);
        if (
          style.display === 'inline' ||
          element.matches('input, .thumbnail-picture, .link-waiting, .ticket-number')
        )
          return false;
        const wide = element.scrollWidth > element.clientWidth + ring;
        const tall = element.scrollHeight > element.clientHeight + ring;
        return wide || (tall && !element.matches('.scroll-view') && !element.closest('.action-button'));
      });
      const dialog = kiosk.querySelector('.dialog-box');
      const targets = [...(dialog ?? kiosk).querySelectorAll('button, input, [role=tab]')]
        .filter((element) => element.checkVisibility())
        .map((element) => {
          const touched = element.matches('input') ? element.parentElement! : element;
          const { width, height } = touched.getBoundingClientRect();
          return { name: name(element), width, height };
        });
      type Colour = readonly [red: number, green: number, blue: number, alpha: number];
      const colour = (css: string): Colour => {
        const [red = 0, green = 0, blue = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
        return [red, green, blue, alpha];
      };
      const luminance = ([red, green, blue]: Colour) => {
        const linear = [red, green, blue].map((value) =>
          value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
      };
      const contrast = (one: Colour, other: Colour) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light! + 0.05) / (dark! + 0.05);
      };
      const groundOf = (element: Element | null): Colour => {
        if (!element) return [255, 255, 255, 1];
        const ground = colour(getComputedStyle(element).backgroundColor);
        return ground[3] === 1 ? ground : groundOf(element.parentElement);
      };
      // A control is told from what lies around it by its edge or by its own ground.
      const faint = [...(dialog ?? kiosk).querySelectorAll('button, [role=tab], .search-field')]
        .filter((element) => element.checkVisibility() && !element.matches('[data-disabled], .farewell-end'))
        .filter((element) => {
          const shape = element.querySelector('.thumbnail-picture') ?? element;
          const style = getComputedStyle(shape);
          const around = groundOf(shape.parentElement);
          const edges = Number.parseFloat(style.borderTopWidth) > 0 ? [colour(style.borderTopColor)] : [];
          return ![...edges, groundOf(shape)].some((each) => contrast(each, around) >= limits.contrast);
        })
        .map(name);
      const sizes = all
        .filter((element) =>
          [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
        )
        .map((element) => ({
          name: name(element),
          pixels: Number.parseFloat(getComputedStyle(element).fontSize),
          isSide: element.closest(limits.sideNotes) !== null,
          // Figures have no marks to collide.
          leading: /^[\dA-Z:.-]*$/.test(element.textContent ?? '')
            ? null
            : Number.parseFloat(getComputedStyle(element).lineHeight) /
              Number.parseFloat(getComputedStyle(element).fontSize),
        }));
      return {
        outside: outside.map(name),
        overflowing: overflowing.map(name),
        targets,
        sizes,
        faint,
        lang: document.documentElement.lang,
      };
    },
    [FOCUS_RING_PIXELS, { contrast: LEAST_CONTROL_CONTRAST, sideNotes: SIDE_NOTES }] as const,
  );
}

async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const runner = (
      globalThis as unknown as {
        axe: {
          run: (
            context: unknown,
            options: unknown,
          ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
        };
      }
    ).axe;
    const { violations } = await runner.run(
      { include: ['.kiosk'] },
      { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] },
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 200)}`),
    );
  });
}

describe('every screen', () => {
  let page: Page;
  beforeAll(async () => {
    page = await gallery.browser.newPage({ reducedMotion: 'reduce' });
  });
  afterAll(() => page?.close());

  test.each(
    galleryScreens.map((screen) => ({ ...screen, shown: screen.as ?? screen.name })),
  )('$shown fits, can be touched and can be read, upright and across', async (screen) => {
    const faults: string[] = [];
    const note = (error: Error) => faults.push(error.message);
    page.on('pageerror', note);
    await page.setViewportSize(SIZES[0]);
    await gallery.show(page, screen);
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const { outside, overflowing, targets, sizes, faint, lang } = await measure(page);
      expect(outside, size.name).toEqual([]);
      expect(overflowing, size.name).toEqual([]);
      expect(lang).toBe(views[screen.name]?.visit?.language ?? 'vi');
      const least = TOUCH_MM * PIXELS_PER_MM;
      expect(targets.length > 0 || /lost|locked|loading/.test(screen.shown)).toBe(true);
      expect(
        targets.filter(({ width, height }) => width < least || height < least),
        size.name,
      ).toEqual([]);
      const smallest = (SMALLEST_CAPITAL_MM / CAPITAL_PER_EM) * PIXELS_PER_MM;
      expect(sizes.filter(({ pixels }) => pixels < smallest)).toEqual([]);
      const main = (MAIN_CAPITAL_MM / CAPITAL_PER_EM) * PIXELS_PER_MM;
      expect(sizes.filter(({ pixels, isSide }) => !isSide && pixels < main)).toEqual([]);
      expect(sizes.filter(({ leading }) => leading !== null && leading < TIGHTEST_LEADING)).toEqual([]);
      expect(faint, size.name).toEqual([]);
    }
    page.off('pageerror', note);
    expect(faults).toEqual([]);
  });
});
