import type { Finding, MaskedCard } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import type { Difference } from '../state/findings.ts';
import { Snippet } from './snippet.tsx';

export const FIELD_NAMES: Readonly<Record<Finding['field'], TextKey>> = {
  personNumber: 'review.field-personNumber',
  fullName: 'review.field-fullName',
  birthDate: 'review.field-birthDate',
};

const ON_CARD: Readonly<Record<Finding['field'], keyof MaskedCard>> = {
  personNumber: 'number',
  fullName: 'name',
  birthDate: 'birthDate',
};

/** One disagreement: the place on the paper, what the paper says, and below it what the card says. */
export function DifferenceCard({
  difference: { paper, page, number, finding },
  card,
  onOpen,
}: {
  readonly difference: Difference;
  readonly card: MaskedCard | null;
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const place = t('review.in-page', { paper: say(paper.name), number });
  return (
    <div className="panel difference">
      <div className="difference-words">
        <p className="difference-field">
          {t(FIELD_NAMES[finding.field])}
          {finding.person && ` · ${say(finding.person)}`}
        </p>
        {finding.snippetUrl && <Snippet url={finding.snippetUrl} />}
        <dl className="difference-values">
          <div>
            <dt>{t('review.on-paper')}</dt>
            <dd className="differs">{finding.found ?? '–'}</dd>
          </div>
          {card && (
            <div>
              <dt>{t('review.on-card')}</dt>
              <dd>{card[ON_CARD[finding.field]]}</dd>
            </div>
          )}
        </dl>
      </div>
      <ActionButton kind="quiet" icon="larger" onPress={() => onOpen(page.id)}>
        {place}
      </ActionButton>
    </div>
  );
}
