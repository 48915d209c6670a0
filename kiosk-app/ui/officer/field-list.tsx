import type { OfficerPageView } from '@motcua/contract';
import { Icon } from '../components/icon.tsx';
import { useOfficerTexts } from './texts.tsx';

/** Each value under the place of the page that it was read from; what is doubtful comes first. */
export function FieldList({ page }: { readonly page: OfficerPageView }) {
  const { t } = useOfficerTexts();
  const fields = [...page.fields].sort(
    (one, other) => Number(one.state === 'read') - Number(other.state === 'read'),
  );
  return (
    <section className="fields" aria-label={t('fields.title')}>
      <h3>{t('fields.title')}</h3>
      <p className="soft" lang="vi">
        {t('fields.kind', { kind: page.kind })}
      </p>
      {fields.length === 0 && <p className="soft">{t('fields.none')}</p>}
      <dl>
        {fields.map((field, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list of a page never changes
          <div key={index} className={`field ${field.state}`}>
            <dt lang="vi">
              {field.person ? `${field.label} – ${field.person}` : field.label}
              {field.state === 'doubtful' && (
                <span className="field-doubtful">
                  <Icon name="warning" />
                  {t('fields.doubtful')}
                </span>
              )}
            </dt>
            <dd lang="vi">
              {shown(field.value)}
              {field.snippetUrl && (
                <img className="field-snippet" src={field.snippetUrl} alt="" loading="lazy" />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Dates as they are written in Vietnam. */
function shown(value: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  return year ? `${day}/${month}/${year}` : value;
}
