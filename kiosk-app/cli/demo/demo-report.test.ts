import { expect, test } from 'vitest';
import { sentenceOf } from './demo-report.ts';
import { planVisit } from './visit-plan.ts';

test('a browser that waits in vain says so in one sentence', () => {
  const log =
    "locator.click: Timeout 30000ms exceeded.\nCall log:\n\u001b[2m  - waiting for getByRole('button', { name: 'Nộp' })\u001b[22m\n\u001b[2m    - 53 × waiting\u001b[22m\n";
  const sentence = sentenceOf(new Error(log));
  expect(sentence).toContain("getByRole('button', { name: 'Nộp' })");
  expect(sentence).not.toMatch(/[\n\u001b]/);
  expect(sentenceOf(new Error('page.goto: net::ERR_ABORTED\nCall log:\n  - navigating'))).toBe(
    'page.goto: net::ERR_ABORTED',
  );
});

test('pages are told under the file that the user gave', () => {
  const plan = planVisit([
    { file: '/in/a.tif', picture: '/sheets/1-1.png' },
    { file: '/in/a.tif', picture: '/sheets/1-2.png' },
    { file: '/in/b.jpg', picture: '/in/b.jpg' },
  ]);
  expect(plan.papers.flat().map(plan.fileOf)).toEqual(['/in/a.tif', '/in/a.tif', '/in/b.jpg']);
});
