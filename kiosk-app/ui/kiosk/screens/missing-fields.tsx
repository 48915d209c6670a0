import type { PaperView } from '@motcua/contract';
import { Notice } from '../../components/notice.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { fieldsOf } from '../state/findings.ts';
import { FIELD_NAMES } from './difference-card.tsx';

/** What of the card was not found, a line for each paper; nothing when all was. */
export function MissingFields({ papers }: { readonly papers: readonly PaperView[] }) {
  const { t, say } = useTexts();
  const lines = papers
    .map((paper) => ({ paper, missing: fieldsOf(paper, 'missing').map((field) => t(FIELD_NAMES[field])) }))
    .filter(({ missing }) => missing.length > 0);
  if (lines.length === 0) return null;
  return (
    <section aria-label={t('review.missing')}>
      <Notice tone="plain" icon="search">
        <p className="notice-what">{t('review.missing')}</p>
        <ul>
          {lines.map(({ paper, missing }) => (
            <li key={paper.code}>
              {t('review.missing-in', { paper: say(paper.name), fields: missing.join(', ') })}
            </li>
          ))}
        </ul>
      </Notice>
    </section>
  );
}
