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
  return page.evaluate((ring) => {
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
    const sizes = all
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
      )
      .map((element) => ({
        name: name(element),
        pixels: Number.parseFloat(getComputedStyle(element).fontSize),
      }));
    return {
      outside: outside.map(name),
      overflowing: overflowing.map(name),
      targets,
      sizes,
      lang: document.documentElement.lang,
    };
  }, FOCUS_RING_PIXELS);
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
      const { outside, overflowing, targets, sizes, lang } = await measure(page);
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
    }
    page.off('pageerror', note);
    expect(faults).toEqual([]);
  });
});
